import { type NextRequest, NextResponse } from "next/server";
import { nonceHeader, pagePolicy } from "./security/policy";

/** Gives every page a policy with a nonce of its own; Next reads it from the request and uses it. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = pagePolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set(nonceHeader, nonce);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/** The built files have a policy of their own (next.config.mjs): they are no pages, and are kept by browsers. */
export const config = { matcher: "/((?!_next/static/).*)" };
