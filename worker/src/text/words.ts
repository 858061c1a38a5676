/** Titles and other abbreviations whose full stop does not end a sentence. */
const abbreviation =
  /(?:^|[\s("])(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Maj|Capt|Lieut|Lt|Gov|Sen|Rep|Hon|Messrs|Rev|Jr|No|Nos|Art|Sec|vol|pp?|[A-Z](?:\.[A-Z])*)\.$/;

/**
 * The space after an end mark and before a capital, a digit, or a letter of a script without
 * capitals.
 */
const spaced = /(?<=[.!?؟۔।॥]["')»]?)\s+(?=["'(«„¿¡]?[\p{Lu}\p{Lt}\p{Lo}\p{N}])/u;

/** The place after the end marks of Chinese and Japanese, which no space follows. */
const unspaced = /(?<=[。！？｡]["'」』）]?)(?!["'」』）])\s*(?=\S)/u;

const border = new RegExp(`${spaced.source}|${unspaced.source}`, "u");

/** Splits text into sentences, in any script that marks their ends. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let open = "";
  for (const part of text.split(border)) {
    open = open === "" ? part : `${open} ${part}`;
    if (abbreviation.test(open)) continue;
    sentences.push(open);
    open = "";
  }
  if (open !== "") sentences.push(open);
  return sentences;
}

/**
 * Matches a Chinese sign, a run of other letters, digits and their marks, or one punctuation mark.
 */
export const wordPattern =
  /\p{Script=Han}|[[\p{L}\p{N}\p{M}]--\p{Script=Han}]+|[^\s\p{L}\p{N}\p{M}]/gv;

/**
 * Splits text as BERT does: lower-cased words, numbers, Chinese signs and punctuation marks without
 * accents.
 */
export function splitWords(text: string): string[] {
  const plain = text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
  return plain.match(wordPattern) ?? [];
}

/** Returns true if a word of `splitWords` is made of letters, not of digits or punctuation. */
export function isAlphabetic(word: string): boolean {
  return /^[\p{L}\p{M}]+$/u.test(word);
}
