const adjectives = words(`
  amber ancient autumn bold brave bright calm cedar
  clear clever cobalt copper coral crimson curious deep
  eager early emerald fair fleet gentle gilded golden
  grand green hidden humble indigo ivory jade keen
  kind late lively lone lucid lunar mellow merry
  misty modest noble olive pale patient proud quick
  quiet rapid royal russet scarlet serene silent silver
  sober solar steady swift tidy vivid warm wise
`);

const nouns = words(`
  badger beaver bison bittern crane cricket curlew deer
  dipper dolphin dove eagle egret elk falcon finch
  fox gannet gecko goose grouse gull hare hawk
  hedgehog heron hornet ibex ibis jackdaw jay kestrel
  kite lark linnet lynx magpie marten merlin mole
  moth newt nuthatch oriole osprey otter owl petrel
  pipit plover puffin quail raven robin salmon seal
  shrike sparrow stoat stork swan tern thrush wren
`);

/**
 * Returns a short name for people, made from an architecture's key, e.g. "quiet-heron-3f2a". There
 * are 268 million names, so two architectures may share one; they do not share a key.
 */
export function architectureName(key: string): string {
  const bits = Number.parseInt(key.slice(0, 3), 16);
  const adjective = adjectives[bits & 63] ?? "";
  const noun = nouns[bits >> 6] ?? "";
  return `${adjective}-${noun}-${key.slice(3, 7)}`;
}

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
