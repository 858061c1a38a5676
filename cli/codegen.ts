import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types every GraphQL document of the command line from the server's schema; not committed. */
const config: CodegenConfig = {
  schema: "../server/schema.graphql",
  documents: ["src/**/*.ts", "!src/generated/**"],
  generates: {
    "src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        defaultScalarType: "unknown",
        scalars: { DateTime: "string", JSON: "unknown" },
        emitLegacyCommonJSImports: false,
        importExtension: ".js",
      },
    },
  },
};

export default config;
