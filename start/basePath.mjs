/**
 * Returns the path of a host below which a proxy serves the platform, such as /nas, which the portal is
 * built for; "" for a host of its own.
 *
 * @param {string | undefined} publicUrl the setting OPNAS_PUBLIC_URL
 */
export function basePathOf(publicUrl) {
  return publicUrl && URL.canParse(publicUrl) ? new URL(publicUrl).pathname.replace(/\/$/, "") : "";
}
