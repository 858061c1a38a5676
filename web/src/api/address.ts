import type { PortalSettings } from "./settings";

export interface ApiAddress {
  http: string;
  ws: string;
}

/**
 * Returns the API's addresses as the browser reaches them: below the public address where there is
 * one, otherwise on the host that the page itself was opened with (localhost, 127.0.0.1, a tunnel's
 * name), at the port that the portal was started with.
 */
export function apiAddress(
  page: { protocol: string; hostname: string },
  { apiPort, publicUrl }: PortalSettings,
): ApiAddress {
  const base = publicUrl ?? `${page.protocol}//${page.hostname}:${apiPort}`;
  const http = new URL(`${base.replace(/\/$/, "")}/graphql`);
  const ws = new URL(http);
  ws.protocol = http.protocol === "https:" ? "wss:" : "ws:";
  return { http: http.href, ws: ws.href };
}
