import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readSource, root, sourceFiles } from "./repository.js";

const exampleFolder = path.join(root, "core/examples/ownSpace");
const pages = ["docs/another-search-space.md", "core/README.md"];
const programs = pages.flatMap((page) => {
  const blocks = [...readSource(page).matchAll(/^```ts\n(.*?)^```/gms)];
  return blocks.map(([, code = ""], index) => ({
    title: `${page}, program ${index + 1}`,
    name: `${path.basename(page, ".md")}-${index + 1}`,
    code,
  }));
});

let folder: string;
const project = () => path.join(folder, "project");

/** Runs a program and returns what it printed; an exit code other than 0 is an error with all of it. */
function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}

/**
 * Packs core as a person does, from a copy: packing builds, and other tests read core's build. Then
 * installs the file in a fresh project that holds the example and the programs of the pages.
 */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-package-"));
  const copy = path.join(folder, "repository");
  await mkdir(path.join(copy, "core"), { recursive: true });
  await symlink(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  await cp(path.join(root, "tsconfig.base.json"), path.join(copy, "tsconfig.base.json"));
  for (const name of await readdir(path.join(root, "core"))) {
    if (name === "node_modules" || name === "dist" || name.startsWith(".")) continue;
    await cp(path.join(root, "core", name), path.join(copy, "core", name), { recursive: true });
  }
  await cp(exampleFolder, project(), { recursive: true });
  await run("npm", ["pack", "--pack-destination", project()], path.join(copy, "core"));
  await run(
    "npm",
    ["install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"],
    project(),
  );
  for (const { name, code } of programs) {
    await writeFile(path.join(project(), `${name}.ts`), code);
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed core", () => {
  const installed = () => path.join(project(), "node_modules/@opnas/core");

  test("holds its build, its manifest, README and licence, and nothing else", async () => {
    const entries = await readdir(installed(), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(installed(), path.join(parentPath, name)));
    const modules = sourceFiles("core/src")
      .filter((file) => !file.endsWith(".test.ts") && !file.startsWith("core/src/testing/"))
      .map((file) => file.replace(/^core\/src\/(.*)\.ts$/, "dist/$1"));
    const built = modules.flatMap((name) => [`${name}.d.ts`, `${name}.js`, `${name}.js.map`]);
    expect(files.sort()).toEqual([...built, "LICENSE", "README.md", "package.json"].sort());
    expect(readSource("core/LICENSE")).toBe(readSource("LICENSE"));
  });

  test("depends on packages of the registry only, in the versions that it is tested with", async () => {
    const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });
    const content = await readFile(path.join(installed(), "package.json"), "utf8");
    const { dependencies } = manifest.parse(JSON.parse(content));
    for (const [name, version] of Object.entries(dependencies)) {
      expect(name).not.toContain("@opnas/");
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});

describe("in a project that installed it", () => {
  test("the example and the programs of the pages fit its types, strictly", async () => {
    await run(path.join(root, "node_modules/.bin/tsc"), ["-p", "."], project());
  }, 120_000);

  test("the example finds a good setting and stops early", async () => {
    const printed = await run(process.execPath, ["dist/search.js"], project());
    expect(printed).toMatch(/^\d+ evaluations, ended by (budget|stopped)\nloss \d\.\d+: \{.*\}\n$/);
  }, 60_000);

  test.each(programs)(
    "$title runs",
    async ({ name }) => {
      const printed = await run(process.execPath, [`dist/${name}.js`], project());
      expect(printed).not.toBe("");
      expect(printed).not.toContain("undefined");
    },
    60_000,
  );

  test("the pages have programs", () => {
    expect(programs.map(({ name }) => name)).toEqual([
      "another-search-space-1",
      "another-search-space-2",
      "another-search-space-3",
      "another-search-space-4",
      "README-1",
    ]);
  });
});
