/**
 * Returns the path of a page of the portal as the browser knows it, below the path that the portal was
 * built for (next.config.mjs). Links and the router of Next add it themselves.
 *
 * @param page such as /sign-in
 */
export function portalPath(page: string): string {
  return `${process.env.OPNAS_BASE_PATH ?? ""}${page}`;
}
