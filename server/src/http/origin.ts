import type { IncomingHttpHeaders } from "node:http";

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Why a request must not be served, or null. The API has no accounts yet: being on this machine is
 * the permission. So a name that was re-bound to 127.0.0.1 is refused by its Host header, and a
 * page of another site by its Origin. Programs send no Origin and are let in.
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

/** Whether a page of the portal made the request. */
export function isPortal(origin: string, webPort: number): boolean {
  return origin === `http://localhost:${webPort}` || origin === `http://127.0.0.1:${webPort}`;
}
