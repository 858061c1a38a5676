import { createHmac } from "node:crypto";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { isSameSecret } from "../identity/localToken.js";

/** Seconds for which a link to a file can be used. */
export const linkSeconds = 3_600;

/** A link to a file that the API gives. */
export interface Link {
  /** Path and query, at the API's own origin. */
  url: string;
  expiresAt: Date;
}

/** The parameters that the address of a signed link has beside its own. */
export const signatureShape = {
  expires: z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
  signature: z.string().max(100),
};

/**
 * The signed links to files. Whoever has a link may download what it names until it expires, so that
 * a download manager or another machine needs no account: rights are checked when a link is made.
 */
export class SignedLinks {
  /** @param key the key of the signatures, which all API processes at one address share */
  constructor(private readonly key: string) {}

  /**
   * Makes a link that can be used for `linkSeconds` from now on.
   * @param subject all that the link gives a right to; no two files have the same
   * @param address path and query of the file
   */
  linkTo(subject: string, address: string): Link {
    const expires = Math.floor(Date.now() / 1_000) + linkSeconds;
    const query = `expires=${expires}&signature=${this.signature(subject, expires)}`;
    const url = `${address}${address.includes("?") ? "&" : "?"}${query}`;
    return { url, expiresAt: new Date(expires * 1_000) };
  }

  /**
   * Checks that a link gives a right to what is asked for, and still does.
   * @throws OpnasError `FORBIDDEN`
   */
  check(subject: string, link: { expires: number; signature: string }): void {
    if (!isSameSecret(link.signature, this.signature(subject, link.expires))) {
      const message = "This link was not made by this API, or was changed: ask for the file again.";
      throw new OpnasError("FORBIDDEN", message);
    }
    if (link.expires * 1_000 > Date.now()) return;
    const message = "This link has expired: ask for the file again, which gives a new one at once.";
    throw new OpnasError("FORBIDDEN", message);
  }

  private signature(subject: string, expires: number): string {
    return createHmac("sha256", this.key).update(`${subject} ${expires}`).digest("base64url");
  }
}
