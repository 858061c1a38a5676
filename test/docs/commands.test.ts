import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { stages } from "../../start/stages.mjs";
import { commandsIn, quickRuns } from "./quickRuns.js";
import { readSource, root, sourceFiles } from "./repository.js";

const manifestSchema = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = manifestSchema.parse(JSON.parse(readSource("package.json")));
const scriptCommands = Object.keys(scripts).map((name) =>
  name === "start" || name === "test" ? `npm ${name}` : `npm run ${name}`,
);
const sources = sourceFiles();

describe("every command has a quick run in npm test", () => {
  test("each script of package.json and each command of README.md is in the table", () => {
    const known = Object.keys(quickRuns);
    const commands = [...scriptCommands, ...commandsIn(readSource("README.md"))];
    expect(commands.filter((command) => !known.includes(command))).toEqual([]);
  });

  test("the table has no command that is gone", () => {
    const opnas = Object.keys(quickRuns).filter((command) => command.startsWith("npx opnas"));
    expect(Object.keys(quickRuns).sort()).toEqual([...scriptCommands, ...opnas].sort());
  });

  test.each(Object.entries(quickRuns))("%s", (command, places) => {
    const lastWord = command.split(/[ :]/).at(-1) ?? "";
    for (const place of places) {
      if (place.startsWith("stage ")) {
        expect(stages.map(({ name }) => `stage ${name}`)).toContain(place);
      } else {
        expect(sources).toContain(place);
        if (place.startsWith("bench/")) expect(readSource(place)).toContain(lastWord);
      }
    }
  });

  test("the static stage runs the programs of lint, format and typecheck", () => {
    const stage = stages.find(({ name }) => name === "static");
    const checks = stage !== undefined && "checks" in stage ? stage.checks : [];
    const programs = checks.map(([program]) => program);
    for (const script of ["lint", "format", "typecheck"]) {
      const used = scripts[script]?.split(" && ").map((each) => each.split(" ")[0]);
      expect(programs).toEqual(expect.arrayContaining(used ?? [""]));
    }
  });
});

test("every script that a document names exists", () => {
  const documents = sources.filter((file) => file.endsWith(".md"));
  const unknown = documents.flatMap((file) =>
    commandsIn(readSource(file).replace(/npm run [\w:]+ -w \w+/g, ""))
      .filter((command) => command.startsWith("npm run ") && !scriptCommands.includes(command))
      .map((command) => `${file}: ${command}`),
  );
  expect(unknown).toEqual([]);
});

describe("the command", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "opnas-commands-"));
    chmodSync(folder, 0o755); // root's Postgres runs as another user, who must get in
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a command as a shell in the repository does, with a data folder of its own. */
  async function run(program: string, ...args: string[]) {
    const options = { cwd: root, env: { ...process.env, OPNAS_DATA_DIR: folder } };
    return new Promise<{ code: unknown; output: string }>((resolve) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, output: stdout + stderr });
      });
    });
  }

  test("npm test names its stages when it is asked for another one", async () => {
    const { code, output } = await run("npm", "test", "--", "everything");
    expect(output).toContain("the stages are static, start, unit");
    expect(code).toBe(2);
  });

  test("npm run search -- --help lists the options of a search", async () => {
    const { code, output } = await run("npm", "run", "search", "--", "--help");
    expect(output).toMatch(/--preset <name>[^]*--seed <number>[^]*--out <file>/);
    expect(code).toBe(0);
  }, 600_000);

  test("npm run benchmark without a folder lists the options of a benchmark", async () => {
    const { code, output } = await run("npm", "run", "benchmark");
    expect(output).toMatch(/--glue FOLDER[^]*--squad FOLDER[^]*--model FOLDER/);
    expect(code).toBe(0);
  }, 600_000);

  test("npm run clean -- --dry-run starts the database where none runs, and finds nothing", async () => {
    const { code, output } = await run("npm", "run", "clean", "--", "--dry-run");
    expect(output).toContain("deleted runs: 0, 0 bytes");
    expect(output).toContain("would go; nothing was removed");
    expect(code).toBe(0);
  }, 600_000);

  test("npm run backup writes a file that npm run restore accepts", async () => {
    const file = path.join(folder, "backup.tar");
    const backup = await run("npm", "run", "backup", "--", "--out", file);
    expect(backup.output).toMatch(/Backed up \d+ rows of \d+ tables/);
    const restore = await run("npm", "run", "restore", "--", file);
    expect(restore.output).toMatch(/Restored \d+ rows of \d+ tables/);
    expect([backup.code, restore.code]).toEqual([0, 0]);
  }, 600_000);

  test("npm run build builds every package", async () => {
    const { code, output } = await run("npm", "run", "build", "--", "--dry-run");
    for (const name of [
      "core",
      "export",
      "telemetry",
      "artifacts",
      "prisma",
      "worker",
      "server",
      "cli",
      "web",
    ]) {
      expect(output).toMatch(new RegExp(`^@opnas/${name}#build$`, "m"));
    }
    expect(code).toBe(0);
  }, 60_000);

  test("npx opnas --help lists its commands", async () => {
    const { code, output } = await run("npx", "opnas", "--help");
    expect(output).toMatch(/^ {2}search [^]*^ {2}pretrain /m);
    expect(code).toBe(0);
  }, 60_000);
});
