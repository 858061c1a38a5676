import { randomBytes } from "node:crypto";

/** A guess of 2^-128 each: a text that is in an answer only if what holds it was read. */
export function drawMark(): string {
  return `mark${randomBytes(16).toString("hex")}`;
}

/** Texts that somebody must not read, to be looked for in answers of any form. */
export class Marks {
  private readonly forms: readonly string[];

  /** @param texts marks, of letters and digits, and ids of rows that nobody was told of */
  constructor(texts: readonly string[]) {
    this.forms = texts.flatMap((text) => [text, ...inBase64(text)]);
  }

  /** Returns the mark that a text holds, plainly or within base64 such as that of cursors; null without one. */
  in(text: string): string | null {
    return this.forms.find((form) => text.includes(form)) ?? null;
  }
}

/** Returns the middle of a text's base64 by where in a group of three bytes the text begins. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from("x".repeat(before) + text).toString("base64url");
    // The first group and the last depend on what stands beside the text.
    return encoded.slice(before === 0 ? 0 : 4, -4);
  });
}
