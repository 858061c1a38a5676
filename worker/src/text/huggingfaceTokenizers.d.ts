/**
 * The part of the package that is used here. Its own types import one another without file
 * extensions, which Node's module resolution does not find.
 */
declare module "@huggingface/tokenizers" {
  export class Tokenizer {
    constructor(tokenizerJson: object, tokenizerConfig: object);
    encode(text: string, options?: { add_special_tokens?: boolean }): { ids: number[] };
  }
}
