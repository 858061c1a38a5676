import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { DockerfileParser, type Instruction } from "dockerfile-ast";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readSource, root } from "../docs/repository.js";

const text = readSource("deploy/Dockerfile");
const instructions = DockerfileParser.parse(text).getInstructions();

interface Stage {
  name: string;
  from: string;
  instructions: Instruction[];
}

const stages = instructions.reduce<Stage[]>((found, instruction) => {
  const argument = instruction.getArgumentsContent() ?? "";
  if (instruction.getKeyword() === "FROM") {
    const [from = "", , name = ""] = argument.split(/\s+/);
    return [...found, { name, from, instructions: [] }];
  }
  found.at(-1)?.instructions.push(instruction);
  return found;
}, []);

/** The stages that are images of their own. */
const targets = ["server", "migrate", "web", "worker", "worker-cuda"];

function stage(name: string): Stage {
  const found = stages.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no stage ${name}.`);
  return found;
}

/** The arguments of a stage's instructions of one kind, its base's first. */
function all(name: string, keyword: string): string[] {
  const { from, instructions: own } = stage(name);
  const inherited = stages.some((each) => each.name === from) ? all(from, keyword) : [];
  const found = own.filter((each) => each.getKeyword() === keyword);
  return [...inherited, ...found.map((each) => each.getArgumentsContent() ?? "")];
}

/** The last one, which counts. */
function last(name: string, keyword: string): string {
  return all(name, keyword).at(-1) ?? "";
}

const copies = stages.flatMap(({ name, instructions: own }) =>
  own
    .filter((each) => each.getKeyword() === "COPY")
    .map((each) => {
      const words = each.getTextContent().split(/\s+/).slice(1);
      const from = words.find((word) => word.startsWith("--from="))?.slice(7);
      const paths = words.filter((word) => !word.startsWith("--"));
      return { stage: name, from, sources: paths.slice(0, -1) };
    }),
);

const commandSchema = z.array(z.string()).min(2);

describe("the images", () => {
  test("are built from images with a version, or from stages above", () => {
    const known = new Set<string>();
    for (const { name, from } of stages) {
      if (!known.has(from))
        expect(from).toMatch(/^docker\.io\/[a-z]+\/[a-z]+:\d+\.\d+\.\d+-[\w.-]+$/);
      known.add(name);
    }
    expect([...known]).toEqual(expect.arrayContaining(targets));
  });

  test("have the version of Node that package.json pins", () => {
    const manifest = z
      .looseObject({ devDependencies: z.looseObject({ node: z.string() }) })
      .parse(JSON.parse(readSource("package.json")));
    expect(stage("base").from).toContain(`node:${manifest.devDependencies.node}-`);
  });

  test.each(copies.filter(({ from }) => from === undefined))(
    "$stage copies $sources, which git has",
    ({ sources }) => {
      for (const source of sources) {
        const tracked = execFileSync(
          "git",
          ["ls-files", "--cached", "--others", "--exclude-standard", source],
          { cwd: root, encoding: "utf8" },
        );
        expect(tracked, source).not.toBe("");
      }
    },
  );

  test("have every file of the repository that a program of theirs imports", () => {
    const programs = copies.flatMap(({ stage: name, from, sources }) =>
      from === undefined
        ? sources
            .filter((each) => each.endsWith(".mjs"))
            .map((program) => ({ name, program, sources }))
        : [],
    );
    expect(programs.map(({ program }) => program)).toContain("start/webServer.mjs");
    for (const { name, program, sources } of programs) {
      for (const [, imported = ""] of readSource(program).matchAll(/from "(\.\/[^"]+)"/g)) {
        const file = path.posix.join(path.posix.dirname(program), imported);
        expect(sources, `${name}: ${program}`).toContain(file);
      }
    }
  });

  test("copy from stages that are above", () => {
    const names = stages.map(({ name }) => name);
    for (const { stage: name, from } of copies) {
      if (from === undefined) continue;
      expect(names.indexOf(from), from).toBeGreaterThanOrEqual(0);
      expect(names.indexOf(from), from).toBeLessThan(names.indexOf(name));
    }
  });

  test("know every package of the repository when npm installs", () => {
    const { workspaces } = z
      .looseObject({ workspaces: z.array(z.string()) })
      .parse(JSON.parse(readSource("package.json")));
    const copied = copies
      .filter((each) => each.stage === "manifests")
      .flatMap((each) => each.sources);
    expect(copied).toEqual(
      expect.arrayContaining(workspaces.map((name) => `${name}/package.json`)),
    );
  });

  test("run commands that a shell understands, on packages that are there", () => {
    for (const { name } of stages) {
      for (const command of all(name, "RUN")) {
        const script = command.replace(/\\\n/g, "");
        execFileSync("/bin/sh", ["-n", "-c", script]);
        for (const [, workspace = ""] of script.matchAll(
          /--(?:workspace|filter)=@opnas\/([\w-]+)/g,
        ))
          expect(existsSync(path.join(root, workspace, "package.json")), workspace).toBe(true);
      }
    }
  });
});

describe.each(targets)("the image %s", (name) => {
  test("runs as a user without rights, and nothing as root after that", () => {
    expect(last(name, "USER")).toBe("1000:1000");
  });

  test("starts node itself, so that SIGTERM reaches it, with a file that it copies", () => {
    const [program, file = ""] = commandSchema.parse(JSON.parse(last(name, "CMD")));
    expect(program).toBe("node");
    expect(all(name, "ENTRYPOINT")).toEqual([]);
    const source = file.replace("/dist/", "/src/").replace(/(?<=\/src\/.*)\.js$/, ".ts");
    expect(existsSync(path.join(root, source)), source).toBe(true);
    const folder = path.dirname(file);
    expect(all(name, "COPY").concat(all("worker-files", "COPY")).join("\n")).toContain(folder);
  });

  test("is asked for its health where it serves", () => {
    const check = last(name, "HEALTHCHECK");
    if (name === "migrate") expect(check).toBe("NONE");
    else expect(check).toContain("/healthz");
  });

  test("brings no password and no address of a database", () => {
    expect(all(name, "ENV").join(" ")).not.toMatch(/DATABASE_URL|PASSWORD|SECRET|ACCESS_KEY/);
  });
});
