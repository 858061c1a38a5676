/** The test file that runs every bench with `--quick`. */
const benches = "bench/quick.test.ts";
/** The part of it that runs the benches of strategies. */
const ofStrategies = "bench/strategies/quickBenches.ts";

/**
 * The quick run of every command: where `npm test` runs each script of package.json and each command
 * of README.md, as a file that runs it or as a stage of start/stages.mjs. A new script or command
 * needs an entry here.
 */
export const quickRuns: Readonly<Record<string, readonly string[]>> = {
  "npm start": ["start/errors.test.mjs", "test/e2e/portal.test.ts"],
  "npm test": ["test/docs/commands.test.ts"],
  "npm run search": ["test/docs/commands.test.ts"],
  "npm run worker": ["start/errors.test.mjs", "test/integration/workersAlone.test.ts"],
  "npm run clean": ["test/docs/commands.test.ts", "worker/src/cleaning/clean.db.test.ts"],
  "npm run backup": ["test/docs/commands.test.ts", "worker/src/backup/backup.db.test.ts"],
  "npm run restore": ["test/docs/commands.test.ts", "worker/src/backup/backup.db.test.ts"],
  "npm run search:table": [ofStrategies],
  "npm run benchmark": ["test/docs/commands.test.ts", benches],
  "npm run test:faults": ["test/faults/faults.test.ts"],
  "npm run test:fuzz": ["test/fuzz/fuzz.test.ts"],
  "npm run export": ["bench/export/fineTune.test.ts"],
  "npm run import": ["bench/import/import.test.ts"],
  "npm run build": ["test/docs/commands.test.ts"],
  "npm run lint": ["stage static"],
  "npm run format": ["stage static"],
  "npm run typecheck": ["stage static"],
  "npm run engine:check": ["stage conformance", benches],
  "npm run bench:api": [benches],
  "npm run bench:archive": [benches],
  "npm run bench:artifacts": [benches],
  "npm run bench:biws": [benches],
  "npm run bench:searches": [benches],
  "npm run bench:candidates": [benches],
  "npm run bench:engine": [benches],
  "npm run bench:export": [benches],
  "npm run bench:landscapes": [ofStrategies],
  "npm run bench:paths": [benches],
  "npm run bench:plots": [ofStrategies],
  "npm run bench:portal": ["bench/portal/quick.test.ts"],
  "npm run bench:proposals": [ofStrategies],
  "npm run bench:proxies": [benches],
  "npm run bench:record": [benches],
  "npm run bench:steps": [benches],
  "npm run bench:strategies": [ofStrategies],
  "npm run bench:workers": [benches],
  "npm run bench:sweep": [ofStrategies],
  "npx opnas --help": ["test/docs/commands.test.ts"],
  "npx opnas export": ["test/integration/cli.test.ts"],
  "npx opnas leaderboard": ["test/integration/cli.test.ts"],
  "npx opnas logs": ["test/integration/cliLogs.test.ts"],
  "npx opnas model": ["test/integration/cliModels.test.ts"],
  "npx opnas pretrain": ["test/integration/cli.test.ts"],
};

/**
 * Lists the commands that a Markdown document names in its code, fenced or within a line, each as
 * the key of its quick run: without arguments, except for `npx opnas`.
 */
export function commandsIn(markdown: string): string[] {
  const fenced = [...markdown.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, code = ""]) =>
    code.split("\n"),
  );
  const inline = [...markdown.matchAll(/`(np[mx] [^`\n]+)`/g)].map(([, code = ""]) => code);
  const commands = [...fenced, ...inline].flatMap((line) => {
    const [command] = /^(npm run [\w:]+|npm \w+|npx opnas [\w-]+)/.exec(line) ?? [];
    return command === undefined ? [] : [command];
  });
  return [...new Set(commands)];
}
