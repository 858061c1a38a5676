// JavaScript, so that the portal is served without the compiler that a TypeScript file would need.
import path from "node:path";

/** @type {import("next").NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
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
