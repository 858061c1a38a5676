import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/** Addresses that pages of the portal come from: its port on this machine, and a public address. */
export interface Portal {
  webPort: number;
  /** An address such as https://nas.example or https://example/nas, at which a proxy serves portal and API. */
  publicUrl: string | undefined;
}

/**
 * Returns why a request must not be served, whoever sends it, or null. DNS rebinding is refused by the
 * Host header, which then has a name and never a bare IP address, and a page of another site by its
 * Origin, so that it cannot use the cookie of a person who is signed in. Programs send no Origin.
 */
export function refusal(headers: IncomingHttpHeaders, portal: Portal): string | null {
  const host = headers.host ?? "";
  if (!isKnownHost(host, portal)) {
    const known = portal.publicUrl === undefined ? "" : `, or as ${portal.publicUrl}`;
    return `This API answers only to its own machine: call it as localhost or 127.0.0.1${known}.`;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}` && !isPortal(origin, portal)) {
    const known = portalUrl(portal);
    return `Pages of ${origin.slice(0, 100)} may not call this API: only the portal at ${known} may.`;
  }
  return null;
}

function isKnownHost(host: string, { publicUrl }: Portal): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname, username } = new URL(`http://${host}`);
  if (username !== "" || hostname === "") return false;
  if (hostname === "localhost" || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return true;
  return publicUrl !== undefined && host === new URL(publicUrl).host;
}

/**
 * Reports whether an Origin is a page of this machine, at whatever port. Such a page may read why it is
 * refused: it is most often the portal itself, opened through another port.
 */
export function isOfThisMachine(origin: string): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

/** Returns the address of the portal without a slash at its end, for links. */
export function portalUrl(portal: Portal): string {
  return portal.publicUrl ?? `http://localhost:${portal.webPort}`;
}

/** Returns the path below the host at which a proxy serves the platform, such as /nas; "" for its root. */
export function basePath({ publicUrl }: Pick<Portal, "publicUrl">): string {
  return publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/$/, "");
}

/** Returns a request's address without the path that a proxy serves the platform at, if it has it. */
export function belowBase(url: string, base: string): string {
  const isBelow = base !== "" && url.startsWith(base) && /^[/?]|^$/.test(url.slice(base.length));
  if (!isBelow) return url;
  const rest = url.slice(base.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Reports whether an Origin header is that of the portal. */
export function isPortal(origin: string, portal: Portal): boolean {
  return portalOrigins(portal).includes(origin);
}

/** Returns the origins of the portal's pages. */
export function portalOrigins({ webPort, publicUrl }: Portal): string[] {
  const local = [`http://localhost:${webPort}`, `http://127.0.0.1:${webPort}`];
  return publicUrl === undefined ? local : [...local, new URL(publicUrl).origin];
}
