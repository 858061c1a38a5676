import js from "@eslint/js";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import globals from "globals";
import tseslint from "typescript-eslint";

/**
 * The direction of imports (ARCHITECTURE.md): core ← prisma ← worker, server; web and cli import no
 * other package of this repository. Each package may import the packages named, and no other.
 */
const mayImport = {
  core: [],
  prisma: ["core"],
  worker: ["core", "prisma"],
  server: ["core", "prisma"],
  web: [],
  cli: [],
};
const packages = Object.keys(mayImport);

const directionRules = packages.map((name) => ({
  files: [`${name}/**/*.{ts,tsx,js,mjs}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: packages
          .filter((other) => other !== name && !mayImport[name].includes(other))
          .map((other) => ({
            group: [`@opnas/${other}`, `@opnas/${other}/*`, `**/../${other}/**`],
            message: `${name} must not import ${other}: imports go one way (ARCHITECTURE.md).`,
          })),
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/generated/**",
      "**/.next/**",
      "**/next-env.d.ts",
      "**/.data/**",
      // AssemblyScript, which shares TypeScript's file ending but not its types.
      "worker/native/wasm/**",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createNodeResolver({ extensionAlias: { ".js": [".ts", ".tsx", ".js"] } }),
      ],
    },
    rules: {
      "import-x/no-cycle": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-extraneous-class": "off",
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["core/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "Math",
          property: "random",
          message: "core is seeded: sample from a stream (core/src/random.ts).",
        },
      ],
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "performance"],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'], CallExpression[callee.object.name='Date']",
          message: "core knows no clock.",
        },
      ],
    },
  },
  {
    // A type-graphql class is the shape of a row: instances are the rows themselves.
    files: ["server/src/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
  },
  ...directionRules,
);
