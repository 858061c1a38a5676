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

/** The Chinese signs that BERT's tokenizer takes for words, as ranges of a class. */
const chinese = String.raw`\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{f900}-\u{faff}\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}`;

/** The punctuation of BERT's tokenizer: that of Unicode, and the other signs of ASCII. */
const punctuation = String.raw`\p{P}\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e`;

/**
 * Matches a word as BERT's tokenizer splits text: a Chinese sign, a punctuation mark, or a run of
 * anything else but spaces. So "€5" is one word here, and two in `wordPattern`.
 */
export const bertWordPattern = new RegExp(
  `[${chinese}]|[${punctuation}]|[^\\t\\n\\r\\p{Z}${punctuation}${chinese}]+`,
  "gu",
);

/** Returns true if a word of `splitWords` is made of letters, not of digits or punctuation. */
export function isAlphabetic(word: string): boolean {
  return /^[\p{L}\p{M}]+$/u.test(word);
}
