/**
 * What we use of the package. Its own types import one another without file extensions, which
 * Node's way of resolving modules does not find.
 */
declare module "@huggingface/tokenizers" {
  export class Tokenizer {
    constructor(tokenizerJson: object, tokenizerConfig: object);
    encode(text: string, options?: { add_special_tokens?: boolean }): { ids: number[] };
  }
}
