import {
  type Architecture as Backbone,
  architectureKey,
  architectureName,
  flops,
  parameterCount,
  type Proposal,
  referenceBackbones,
  type SearchSettings,
} from "@opnas/core";

/** A child as it is stored: what was proposed, with its name and size. */
export interface NewCandidate extends Proposal<Backbone> {
  name: string;
  params: number;
  flops: number;
}

/** A published backbone as it is stored beside generation 0 (docs/decisions/0013). */
export interface NewReference extends NewCandidate {
  /** Which of `referenceBackbones` it is. */
  reference: string;
}

/** A proposal as it is stored in a run with these settings. */
export function candidateOf(
  { architecture, key, parentKey, mutation }: Proposal<Backbone>,
  { size }: SearchSettings,
): NewCandidate {
  return {
    architecture,
    key,
    parentKey,
    mutation,
    name: architectureName(key),
    params: parameterCount(architecture, size),
    flops: flops(architecture, size),
  };
}

/** The references of a run with these settings; none where it wants none. */
export function referencesOf(settings: SearchSettings): NewReference[] {
  if (!settings.references) return [];
  return referenceBackbones(settings.size.layers).map(({ reference, name, architecture }) => {
    const proposal = {
      architecture,
      key: architectureKey(architecture),
      parentKey: null,
      mutation: null,
    };
    return { ...candidateOf(proposal, settings), reference, name };
  });
}
