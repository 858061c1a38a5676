export interface ApiAddress {
  http: string;
  ws: string;
}

/**
 * Returns the API's addresses as the browser reaches them: on the host that the page itself was
 * opened with (localhost, 127.0.0.1, a tunnel's name), at the port that the portal was started
 * with.
 */
export function apiAddress(page: { protocol: string; hostname: string }, port: number): ApiAddress {
  const secure = page.protocol === "https:";
  const host = `${page.hostname}:${port}/graphql`;
  return {
    http: `${secure ? "https" : "http"}://${host}`,
    ws: `${secure ? "wss" : "ws"}://${host}`,
  };
}
