import { isIPv6 } from "node:net";
import type { Caller } from "../context.js";

/**
 * Returns the key by which limits count a caller: its account or API key, otherwise its address. The
 * addresses of one IPv6 network (/64) count as one: a host has as many of them as it likes.
 */
export function callerKey({ principal, ipAddress: address = "" }: Caller): string {
  const { kind, id } = principal;
  if (kind === "USER" || kind === "API_KEY") return `principal ${id}`;
  if (!isIPv6(address)) return `address ${address}`;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  return mapped === undefined ? `network ${networkOf(address)}` : `address ${mapped}`;
}

/** Returns the first four groups of an IPv6 address, written out. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => "0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}
