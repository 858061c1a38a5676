/**
 * Returns the Content-Security-Policy of a page: only scripts that carry the page's nonce run, and what
 * they load themselves, so that markup which somebody smuggles in runs nothing. It also forbids frames of
 * other sites, plug-ins, and another base of the page's addresses.
 *
 * @param nonce a value of this answer alone, which Next writes into its scripts
 * @param isDevelopment true under `next dev`, whose scripts are evaluated from text
 */
export function pagePolicy(nonce: string, isDevelopment: boolean): string {
  const evaluated = isDevelopment ? " 'unsafe-eval'" : "";
  return [
    `script-src 'nonce-${nonce}' 'strict-dynamic'${evaluated}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The header in which a page's nonce reaches the layout. */
export const nonceHeader = "x-nonce";
