import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Tests that need more than their own package (a Postgres, an engine) have projects of their own. */
const special = ["**/*.db.test.ts", "**/*.conformance.test.ts"];
const never = ["**/node_modules/**", "**/dist/**", "**/generated/**", "**/.next/**"];

/** Keeps vitest from loading graphql's ES modules beside the CommonJS ones that Node gives its users. */
const oneGraphql = {
  alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql")) }],
};

/** Milliseconds that a test without a limit of its own may take on a machine that does other things too. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000 };

/** The unit tests of one package. */
function unit(name: string): TestProjectInlineConfiguration {
  return {
    resolve: oneGraphql,
    test: {
      name,
      include: [`${name}/src/**/*.test.ts`, `${name}/native/**/*.test.mjs`],
      exclude: [...never, ...special],
      ...patient,
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    pool: "forks",
    projects: [
      unit("core"),
      unit("export"),
      unit("telemetry"),
      unit("artifacts"),
      unit("prisma"),
      unit("worker"),
      unit("server"),
      { extends: "web/vitest.config.ts", test: { name: "web", root: "web", ...patient } },
      unit("cli"),
      { test: { name: "docs", include: ["test/docs/**/*.test.ts"], exclude: never, ...patient } },
      {
        test: {
          name: "deploy",
          include: ["test/deploy/**/*.test.ts"],
          exclude: never,
          testTimeout: 60_000,
          // Helm and the like are compiled once per machine.
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      { test: { name: "bench", include: ["bench/**/*.test.ts"], exclude: never, ...patient } },
      {
        test: {
          name: "start",
          include: ["start/**/*.test.mjs", "prisma/src/embedded/*.lifecycle.test.ts"],
          exclude: never,
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "conformance",
          include: ["**/*.conformance.test.ts"],
          exclude: never,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        resolve: oneGraphql,
        test: {
          name: "database",
          include: ["*/src/**/*.db.test.ts", "test/integration/**/*.test.ts"],
          exclude: never,
          globalSetup: "prisma/src/testing/globalSetup.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts", "test/fuzz/**/*.test.ts"],
          exclude: never,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: never,
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
