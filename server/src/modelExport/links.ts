import { createHmac } from "node:crypto";
import { isSameSecret } from "../identity/localToken.js";

/** Seconds for which a link to an archive can be used. */
export const linkSeconds = 3_600;

/** A link to the archive of an export. */
export interface Link {
  /** Path and query, at the API's own origin. */
  url: string;
  expiresAt: Date;
}

/**
 * The signed links to archives. Whoever has a link may download what it names until it expires, so that
 * a download manager or another machine needs no account: rights are checked when a link is made.
 */
export class ModelLinks {
  /** @param key the key of the signatures, which all API processes at one address share */
  constructor(private readonly key: string) {}

  /** Makes a link that can be used for `linkSeconds` from now on. */
  linkTo(exportId: string, fileName: string): Link {
    const expires = Math.floor(Date.now() / 1_000) + linkSeconds;
    const query = `expires=${expires}&signature=${this.signature(exportId, expires)}`;
    const url = `/export/models/${exportId}/${encodeURIComponent(fileName)}?${query}`;
    return { url, expiresAt: new Date(expires * 1_000) };
  }

  /** Says what is wrong with a link, in a sentence; null for one that can be used. */
  problemOf(exportId: string, link: { expires: number; signature: string }): string | null {
    if (!isSameSecret(link.signature, this.signature(exportId, link.expires))) {
      return "This link was not made by this API, or was changed: ask for the export again.";
    }
    if (link.expires * 1_000 > Date.now()) return null;
    return "This link has expired: ask for the export again, which gives a new one at once.";
  }

  private signature(exportId: string, expires: number): string {
    return createHmac("sha256", this.key).update(`${exportId} ${expires}`).digest("base64url");
  }
}
