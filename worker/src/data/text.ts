/** Titles and other shortenings whose full stop does not end a sentence. */
const abbreviation =
  /(?:^|[\s("])(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Maj|Capt|Lieut|Lt|Gov|Sen|Rep|Hon|Messrs|Rev|Jr|No|Nos|Art|Sec|vol|pp?|[A-Z](?:\.[A-Z])*)\.$/;

/** A text's sentences, as written. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let open = "";
  for (const part of text.split(/(?<=[.!?]["')]?)\s+(?=["'(]?[A-Z0-9])/)) {
    open = open === "" ? part : `${open} ${part}`;
    if (abbreviation.test(open)) continue;
    sentences.push(open);
    open = "";
  }
  if (open !== "") sentences.push(open);
  return sentences;
}

/** Lower-cased words, numbers and single punctuation marks without accents, as BERT splits text. */
export function splitWords(text: string): string[] {
  const plain = text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
}

/** Whether a word of `splitWords` is made of letters, not of digits or punctuation. */
export function isAlphabetic(word: string): boolean {
  return /^\p{L}+$/u.test(word);
}
