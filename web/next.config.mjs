// JavaScript, so that the portal is served without the compiler that a TypeScript file would need.
import path from "node:path";

/**
 * Headers of every page and file. Next writes scripts into its pages, so the policy names no sources of
 * scripts; it forbids frames of other sites, plug-ins, and another base of the page's addresses.
 */
const securityHeaders = [
  {
    key: "Content-Security-Policy",
    value: "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'",
  },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
];

/** @type {import("next").NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  headers: () => Promise.resolve([{ source: "/:path*", headers: securityHeaders }]),
  // Workspaces hoist their packages to the repository's root.
  turbopack: { root: path.join(import.meta.dirname, "..") },
  outputFileTracingRoot: path.join(import.meta.dirname, ".."),
  devIndicators: false,
  // turbo already skips a build without changes; Next's own cache would only make the first one longer.
  experimental: { turbopackFileSystemCacheForBuild: false },
  // `npm run typecheck` checks the types, more strictly; a start on a fresh clone need not wait for it.
  typescript: { ignoreBuildErrors: true },
};

export default config;
