import js from "@eslint/js";
import unicorn from "eslint-plugin-unicorn";
import globals from "globals";
import tseslint from "typescript-eslint";

/**
 * The style that every package keeps to (CONTRIBUTING.md). The direction of imports is held by
 * .dependency-cruiser.mjs, the format by Prettier.
 */
const style = [
  {
    selector: "ImportDeclaration[source.value='vitest'] ImportSpecifier[imported.name='it']",
    message: "Tests are written with test(…).",
  },
  {
    selector:
      "MemberExpression[object.name=/^(test|describe)$/][property.name=/^(only|skip|todo)$/]",
    message: "Every test runs.",
  },
  {
    selector:
      "SpreadElement[argument.type='ObjectExpression'], ArrayExpression > SpreadElement[argument.type='ArrayExpression']",
    message: "Write properties and elements out, without packing them into a spread.",
  },
];
const inTypeScript = [
  ...style,
  {
    selector: "PropertyDefinition > PrivateIdentifier, MethodDefinition > PrivateIdentifier",
    message: "Use the private keyword in place of #names.",
  },
];
/** The condition of core/src/validation.ts on every check that is a function. */
const checkedFirst = [
  "CallExpression[callee.property.name=/^(refine|superRefine)$/]:not([arguments.1.type='ObjectExpression'])",
  "CallExpression[callee.property.name=/^(refine|superRefine)$/] > ObjectExpression:not(:has(Property[key.name='when']))",
].map((selector) => ({
  selector,
  message: "A refinement runs on what its fields' own checks let through: when: whenValid.",
}));
/** A connection without a listener for errors ends its process. */
const heardConnections = [
  {
    selector: "NewExpression[callee.object.name='pg'][callee.property.name='Client']",
    message: "Use createConnection: a connection that breaks would end the process.",
  },
];
const purity = [
  {
    selector: "NewExpression[callee.name='Date'], CallExpression[callee.object.name='Date']",
    message: "core knows no clock.",
  },
];

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
    plugins: { unicorn },
    rules: {
      "unicorn/prefer-node-protocol": "error",
      "unicorn/filename-case": ["error", { case: "camelCase" }],
      "no-restricted-syntax": ["error", ...style],
    },
  },
  {
    // Next's own files and routes are in kebab-case, and so are the portal's.
    files: ["web/**"],
    rules: { "unicorn/filename-case": ["error", { case: "kebabCase" }] },
  },
  {
    files: ["web/src/**/*.{ts,tsx}"],
    ignores: ["web/src/security/zod.ts", "**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: ["zod", "zod/mini"].map((name) => ({
            name,
            message: "import it from @/security/zod: pages may evaluate no text.",
          })),
        },
      ],
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-extraneous-class": "off",
      "no-restricted-syntax": ["error", ...inTypeScript],
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
          message: "core is seeded: draw from a stream (random.ts).",
        },
      ],
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "performance"],
      "no-restricted-syntax": ["error", ...inTypeScript, ...checkedFirst, ...purity],
    },
  },
  {
    files: ["{prisma,worker,server}/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-syntax": ["error", ...inTypeScript, ...checkedFirst, ...heardConnections],
    },
  },
  {
    files: ["prisma/src/connections.ts"],
    rules: { "no-restricted-syntax": ["error", ...inTypeScript, ...checkedFirst] },
  },
  {
    // A type-graphql class is the shape of a row: instances are the rows themselves.
    files: ["server/src/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
  },
);
