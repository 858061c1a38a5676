import type { Marks } from "./marks.ts";

/** Somebody who sends hostile requests, with what it may know and what it must never read. */
export interface Caller {
  /** A word for reports, such as "viewer". */
  name: string;
  /** The headers of its requests and of its WebSockets' first ones. */
  headers: Readonly<Record<string, string>>;
  /** The payload of a WebSocket's first message. */
  initial: Readonly<Record<string, string>> | undefined;
  /** Ids of rows, of its own teams and of others, names of presets: what its requests may hold. */
  known: readonly string[];
  /** Texts that no answer to it may hold. */
  marks: Marks;
}

/** Returns what a caller with an API key or a token sends. */
export function withKey(secret: string): Pick<Caller, "headers" | "initial"> {
  const authorization = `Bearer ${secret}`;
  return { headers: { authorization }, initial: { authorization } };
}

/** Returns what a browser of somebody signed in sends. */
export function withCookie(cookie: string): Pick<Caller, "headers" | "initial"> {
  return { headers: { cookie }, initial: undefined };
}

/** Returns what somebody without any credentials sends. */
export function withNothing(): Pick<Caller, "headers" | "initial"> {
  return { headers: {}, initial: undefined };
}
