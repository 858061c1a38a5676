import type { LookupFunction } from "node:net";
import { lookup } from "node:dns/promises";
import { OpnasError } from "@opnas/core";
import ipaddr from "ipaddr.js";

/**
 * Reports whether an IP address belongs to the public internet. Private, loopback and link-local
 * ones, those of carriers, of documentation and of translation do not, nor those that are written as
 * IPv6 and stand for such an IPv4 address.
 */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}

/** An address that a host's name stands for. */
export interface CheckedAddress {
  address: string;
  family: number;
}

/**
 * Resolves a URL's host and checks every address that it stands for. The connection must go to these
 * addresses: a name that is resolved a second time may stand for another one by then.
 * @param allowPrivate true where the platform's own network may be called
 * @throws OpnasError `FORBIDDEN` for an address that must not be called, `NOT_FOUND` for an unknown name
 */
export async function checkedAddresses(url: URL, allowPrivate: boolean): Promise<CheckedAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(host, { all: true }).catch((error: unknown) => {
    throw new OpnasError("NOT_FOUND", `The name ${host} is not known.`, { cause: error });
  });
  const isRefused = !allowPrivate && found.some(({ address }) => !isPublic(address));
  if (found.length === 0 || isRefused) {
    const message = `${host} is not an address of the public internet. Webhooks call others only where OPNAS_WEBHOOKS_PRIVATE is 1.`;
    throw new OpnasError("FORBIDDEN", message);
  }
  return found;
}

/** Returns what answers every look-up of a connection with the addresses that were checked. */
export function lookupOf(addresses: readonly CheckedAddress[]): LookupFunction {
  return (_host, { all }, answer) => {
    const [first] = addresses;
    if (all === true) answer(null, [...addresses]);
    else answer(null, first?.address ?? "", first?.family);
  };
}
