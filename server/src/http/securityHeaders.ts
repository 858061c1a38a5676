import type { RequestHandler } from "express";

/**
 * Sets headers on every answer of the API, none of which is a page: browsers are to show it in no
 * frame, load nothing for it, guess no other type, and name its address to no other site.
 */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  for (const [name, value] of headers) response.setHeader(name, value);
  next();
};

const headers = [
  [
    "Content-Security-Policy",
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
] as const;
