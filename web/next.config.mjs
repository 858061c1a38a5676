// JavaScript, so that the portal is served without the compiler that a TypeScript file would need.
import path from "node:path";

/** Headers of every page and file; the policy of a page is made for each answer (src/proxy.ts). */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
];

/** The policy of the built files, none of which is a page. */
const filePolicy = {
  key: "Content-Security-Policy",
  value: "default-src 'none'; frame-ancestors 'none'",
};

/** The path of a host below which a proxy serves the portal, such as /nas; "" for a host of its own. */
const basePath = process.env.OPNAS_BASE_PATH ?? "";

/** @type {import("next").NextConfig} */
const config = {
  basePath,
  // Builds for several paths lie side by side.
  distDir: basePath === "" ? ".next" : `.next/at${basePath}`,
  // For the few addresses that are no links (src/api/portal-path.ts).
  env: { OPNAS_BASE_PATH: basePath },
  reactStrictMode: true,
  poweredByHeader: false,
  headers: () =>
    Promise.resolve([
      { source: "/:path*", headers: securityHeaders },
      { source: "/_next/static/:path*", headers: [filePolicy] },
    ]),
  // Workspaces hoist their packages to the repository's root.
  turbopack: {
    root: path.join(import.meta.dirname, ".."),
    rules: {
      "*.{ts,tsx}": {
        condition: { content: /\bgraphql\(`\n/ },
        loaders: ["./documents-loader.mjs"],
      },
    },
  },
  outputFileTracingRoot: path.join(import.meta.dirname, ".."),
  devIndicators: false,
  // turbo already skips a build without changes; Next's own cache would only make the first one longer.
  experimental: { turbopackFileSystemCacheForBuild: false },
  // `npm run typecheck` checks the types, more strictly; a start on a fresh clone need not wait for it.
  typescript: { ignoreBuildErrors: true },
};

export default config;
