import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": path.join(import.meta.dirname, "src") } },
  test: {
    include: ["src/**/*.test.ts"],
    // Else it loads a second copy of `graphql`, which refuses the schema of the first.
    server: { deps: { inline: ["graphql-ws"] } },
  },
});
