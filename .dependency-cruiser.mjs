/**
 * The direction of imports (ARCHITECTURE.md), type-only imports among them: between packages, between
 * the worker's layers, and no circles anywhere. Packages are seen as they are built, so `npm run
 * build` comes first.
 */

/** The packages of this repository that a package may import. @type {Record<string, string[]>} */
const mayImport = {
  core: [],
  export: ["core"],
  telemetry: [],
  artifacts: ["core"],
  prisma: ["core"],
  worker: ["core", "export", "telemetry", "artifacts", "prisma"],
  server: ["core", "export", "telemetry", "artifacts", "prisma"],
  web: [],
  cli: [],
};
const packages = Object.keys(mayImport);

/** The worker's layers from top to bottom: a layer may import what stands below it. */
const layers = [
  "backup",
  "cleaning",
  "jobs",
  "trainer",
  "candidate",
  "supernet",
  "pretraining",
  "benchmarks",
  "export",
  "dataset",
  "training",
  "tasks",
  "model",
  "batches",
  "text",
  "files",
  "engine",
];

const anyOf = (/** @type {string[]} */ names) => `(${names.join("|")})`;
const tests = String.raw`\.test\.tsx?$|/testing/|^worker/src/conformance/`;

const betweenPackages = packages.map((name) => ({
  name: `${name}-imports-one-way`,
  comment: `${name} may import ${mayImport[name]?.join(" and ") || "no other package of this repository"}.`,
  severity: "error",
  from: { path: `^${name}/` },
  to: {
    path: `^${anyOf(packages.filter((other) => other !== name && !mayImport[name]?.includes(other)))}/`,
  },
}));

const betweenLayers = layers.slice(1).map((name, index) => ({
  name: `worker-${name}-imports-downwards`,
  comment: `${name} lies below ${layers.slice(0, index + 1).join(", ")}.`,
  severity: "error",
  from: { path: `^worker/src/${name}/`, pathNot: tests },
  to: {
    path: `^worker/src/(${anyOf(layers.slice(0, index + 1))}/|(main|worker|index|internals)\\.ts$)`,
  },
}));

export default {
  forbidden: [
    {
      name: "no-circular",
      comment: "Files that import one another cannot be read, or moved, one by one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-tests-in-the-product",
      comment: "Only tests import tests, their helpers and the conformance suites.",
      severity: "error",
      from: {
        path: "^(core|export|telemetry|artifacts|prisma|worker|server|web|cli)/src/",
        // The quick run of `npm run benchmark` trains on the files that tests make.
        pathNot: `${tests}|^worker/src/benchmarks/main\\.ts$`,
      },
      to: { path: tests },
    },
    {
      name: "settings-know-engines-only",
      comment: "The worker's settings are read before anything else.",
      severity: "error",
      from: { path: "^worker/src/settings\\.ts$" },
      to: { path: "^worker/src/", pathNot: "^worker/src/engine/" },
    },
    ...betweenPackages,
    ...betweenLayers,
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules|/dist/" },
    exclude: { path: "/generated/|/\\.next/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
