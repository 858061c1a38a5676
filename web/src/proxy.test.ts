import { NextRequest } from "next/server";
import { expect, test } from "vitest";
import { proxy } from "./proxy";

const policyOf = (headers: Headers) => headers.get("content-security-policy") ?? "";
const open = () => proxy(new NextRequest("http://localhost:3000/runs"));

test("a page runs only scripts with its nonce, which is another one in each answer", () => {
  const nonces = [open(), open()].map(({ headers }) => {
    const [scripts = "", nonce = ""] =
      /script-src 'nonce-([^']+)' 'strict-dynamic';/.exec(policyOf(headers)) ?? [];
    expect(scripts).not.toMatch(/unsafe-(inline|eval)/);
    // Next and the layout get the same one with the request.
    expect(headers.get("x-middleware-request-x-nonce")).toBe(nonce);
    expect(headers.get("x-middleware-request-content-security-policy")).toBe(policyOf(headers));
    return nonce;
  });
  expect(new Set(nonces).size).toBe(2);
  for (const nonce of nonces) expect(atob(nonce)).toHaveLength(16);
});

test("a page is in no frame, has no plug-ins, and keeps the base of its addresses", () => {
  for (const part of [
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ]) {
    expect(policyOf(open().headers)).toContain(part);
  }
});

test("a nonce that a caller sends is not taken over", () => {
  const headers = { "x-nonce": "mine", "content-security-policy": "script-src *" };
  const answer = proxy(new NextRequest("http://localhost:3000/", { headers }));
  expect(answer.headers.get("x-middleware-request-x-nonce")).not.toBe("mine");
  expect(policyOf(answer.headers)).not.toContain("script-src *");
});
