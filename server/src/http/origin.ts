import type { IncomingHttpHeaders } from "node:http";

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Returns why a request must not be served, or null. The API has no accounts yet: access to this
 * machine is the permission. DNS rebinding is refused by the Host header, and a page of another site
 * by its Origin. Programs send no Origin and are served.
 */
export function refusal(headers: IncomingHttpHeaders, webPort: number): string | null {
  const host = headers.host ?? "";
  if (!URL.canParse(`http://${host}`) || !loopbackHosts.has(new URL(`http://${host}`).hostname)) {
    return "This API answers only to its own machine: call it as localhost or 127.0.0.1.";
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}` && !isPortal(origin, webPort)) {
    return `Pages of ${origin.slice(0, 100)} may not call this API: only the portal at http://localhost:${webPort} may.`;
  }
  return null;
}

/** Reports whether an Origin header is that of the portal. */
export function isPortal(origin: string, webPort: number): boolean {
  return origin === `http://localhost:${webPort}` || origin === `http://127.0.0.1:${webPort}`;
}
