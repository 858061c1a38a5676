/** The commands of `opnas` that manage, compare and watch, on a real API and Postgres. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bertLayer } from "@opnas/core";
import { createClient } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { main } from "@opnas/cli";
import { afterAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { createArchitecture } from "../support/architecture.js";
import { type Outcome, startCommandLine } from "../support/commandLine.js";

const databaseUrl = await testDatabase();
const db = createClient(databaseUrl);
const { api, run, stop } = await startCommandLine(databaseUrl);
afterAll(async () => {
  await db.$disconnect();
  await stop();
});

const eventForm = z.object({ kind: z.string() });

/** Runs a command in this process, which is quicker than one of its own. */
async function opnas(...words: string[]): Promise<Outcome> {
  const outcome = { code: 0, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      outcome[stream] += String(text);
      return true;
    });
  }
  try {
    outcome.code = await main(["node", "opnas", ...words, "--api", api]);
  } finally {
    vi.restoreAllMocks();
  }
  return outcome;
}

async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await opnas(...words);
  expect({ words, code, stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

test("a search is started, named, tagged, listed by its tag, compared with its clone and watched", async () => {
  const id = await output("search", "start", "--preset", "smoke", "--seed", "3", "--detach");
  expect(await output("search", "rename", id, "First one")).toBe(`${id}: First one`);
  expect(await output("tag", id, "paper", "good")).toBe("First one: good, paper");
  expect(await output("tag", id, "good", "--remove")).toBe("First one: paper");
  expect(await output("note", id, "a\nnote")).toBe("First one: a\nnote");
  expect(await output("search", "list", "--tag", "paper")).toMatch(new RegExp(`${id} +First one`));
  expect(await output("runs", "--tag", "good")).toMatch(/0 of 0 runs/);
  const where = `tag = paper and seed = 3 and name ~ "FIRST"`;
  expect(await output("runs", "--where", where)).toMatch(new RegExp(`${id} +First one`));
  const misspelled = await opnas("runs", "--where", "sed = 3");
  expect(misspelled.code).toBe(2);
  expect(misspelled.stderr).toMatch(/at character 1, sed is no field; did you mean seed/);
  expect(await output("leaderboard", "--where", "score > 55 and not tag = bad")).toMatch(
    /0 of 0 architectures/,
  );

  const cloned = await output("search", "clone", id, "--seed", "4", "--set", "population=5");
  const [clone = ""] = cloned.split(": ");
  expect(cloned).toBe(`${clone}: First one (clone)`);
  const compared: unknown = JSON.parse(await output("compare", id, clone, "--json"));
  expect(compared).toMatchObject({
    settings: [
      { path: "seed", values: [3, 4] },
      { path: "population", values: [4, 5] },
    ],
  });

  const [view = ""] = (await output("view", "save", "mine", "--runs", "--where", where)).split(
    ": ",
  );
  expect(await output("view", "list")).toMatch(new RegExp(`${view} +mine +runs +yours +tag = `));
  expect(await output("runs", "--view", "mine", "--where", "seed = 3")).toContain("1 of 1 runs");
  expect(await output("runs", "--view", "mine", "--where", "seed = 4")).toContain("0 of 0 runs");
  expect(await output("view", "change", "mine", "--where", "seed = 4")).toBe(
    `${view}: mine: seed = 4`,
  );
  expect(await output("runs", "--view", "mine")).toContain("1 of 1 runs");
  expect((await opnas("view", "change", "mine", "--where", "sed = 4")).code).toBe(2);
  expect(await output("view", "rename", "mine", "ours")).toBe(`${view}: ours`);
  expect(await opnas("runs", "--view", "mine")).toMatchObject({ code: 2 });
  expect(await opnas("leaderboard", "--view", "ours")).toMatchObject({ code: 2 });
  expect(await output("view", "delete", "ours")).toBe(`${view}: ours is deleted`);

  await output("cancel", clone);
  expect(await opnas("watch", clone)).toMatchObject({ code: 1, stdout: `${clone}: cancelled\n` });
  const events = (await output("events", clone, "--json")).split("\n");
  const kinds = events.map((line) => eventForm.parse(JSON.parse(line)).kind);
  expect(kinds).toEqual(["run.created", "run.status"]);
  const followed = await run(["events", clone, "--follow", "--after", "1"], (child) => {
    child.stdout?.once("data", () => child.kill("SIGINT"));
  });
  expect(followed.code).toBe(130);
  expect(followed.stdout).toMatch(/^ +2 .* run.status/);
});

test("an architecture is drawn; the leaderboard is paged, and written as CSV", async () => {
  const id = await createArchitecture(db, { version: 1, layers: [bertLayer] });
  const shown = await output("architecture", "show", id);
  expect(shown).toMatch(/Layer 0: attention\n.*softmax.*\n.*matmul\n├─ .*\n/);
  expect(JSON.parse(await output("leaderboard", "--json"))).toMatchObject({ totalCount: 0 });
  await db.architecture.updateMany({ data: { score: 12.5, stability: "STABLE" } });
  const lines = (await output("leaderboard", "--csv", "--all")).split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^id,name,key,reference,score,/);
  expect(lines[1]).toMatch(new RegExp(`^${id},[^,]+,[^,]+,,12.5,STABLE,`));
});

test("an architecture of one's own is imported beside a run; a wrong one is refused with its node", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-import-"));
  const file = path.join(folder, "architecture.json");
  const write = (layers: object[]) => writeFile(file, JSON.stringify({ version: 1, layers }));
  try {
    const first = await createArchitecture(db, { version: 1, layers: [bertLayer] });
    const { runId } = await db.architecture.findUniqueOrThrow({ where: { id: first } });
    await db.searchRun.update({ where: { id: runId }, data: { phase: "SEARCHING" } });
    const graph = { inputs: ["Q", "K"], nodes: [{ op: "matmul", args: ["Q", "K"] }], output: 0 };
    await write([bertLayer, { kind: "attention", graph }]);
    const wrong = await opnas("import", runId, file);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("Layer 2, node 0 (matmul): columns of the first argument");
    await write([bertLayer, bertLayer]);
    const said = await output("import", runId, file, "--name", "Mine");
    expect(said).toMatch(/^[0-9a-f-]{36}: Mine, not scored yet$/);
    expect(await output("import", runId, file)).toBe(said);
    await writeFile(file, "{");
    expect(await opnas("import", runId, file)).toMatchObject({ code: 2 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("doctor finds that there is no worker; an unknown id ends with code 2", async () => {
  const found = await opnas("doctor");
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(/✓ Node .*\n/);
  expect(found.stdout).toMatch(
    /✓ API at .*, its Postgres answers\n✗ no worker is alive\n {2}npm start/,
  );
  expect(await output("workers", "--json")).toBe("[]");
  const unknown = await opnas("architecture", "show", "x");
  expect(unknown).toMatchObject({ code: 2, stderr: "✗ There is no architecture x.\n" });
});
