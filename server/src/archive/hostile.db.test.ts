import { gzipSync } from "node:zlib";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { answerSchema, testServer } from "../testing/client.js";
import { archivedSearch, download, upload } from "./testing/archivedSearch.js";
import { type Entry, firstRow, packed, tampered } from "./testing/tampered.js";
import { unpacked } from "./testing/unpacked.js";

const first = await testServer(await testDatabase());
const second = await testServer(await testDatabase());
const third = await testServer(await testDatabase());
afterAll(() => Promise.all([first.stop(), second.stop(), third.stop()]));
let archive: Buffer;
/** A run of the second server, whose rows an archive of the first must not touch. */
let other = { runId: "", architectureId: "", generationId: "", trainingId: "" };
let before: unknown;

beforeAll(async () => {
  archive = await download(first, await archivedSearch(first));
  const runId = await archivedSearch(second);
  const { database } = second.services;
  const pretraining = await database.pretraining.findFirstOrThrow({
    include: { architecture: true },
  });
  const { id: architectureId, generationId } = pretraining.architecture;
  other = { runId, architectureId, generationId, trainingId: pretraining.id };
  before = await allRows();
});

/** Reads all that the second server stores, but its record of the attempts. */
async function allRows(): Promise<unknown> {
  const { database } = second.services;
  const tables = ["SearchRun", "Generation", "Architecture", "Evaluation", "OperationStatistic"];
  const others = ["RunEvent", "Attempt", "Worker", "Training", "TrainingMetric", "Reproduction"];
  return Promise.all(
    [...tables, ...others].map((table) =>
      database.$queryRawUnsafe(`SELECT to_jsonb(t)::text FROM "${table}" t ORDER BY 1`),
    ),
  );
}

/** Sends an archive that must be refused, by this code and sentence, and change nothing. */
async function refused(body: Buffer, code: string, sentence: RegExp): Promise<void> {
  const { status, answer } = await upload(second, body);
  const [error] = answerSchema.parse(answer).errors ?? [];
  expect([status, error?.extensions.code]).toEqual([400, code]);
  expect(error?.message).toMatch(sentence);
  expect(await allRows()).toEqual(before);
}

const entriesOf = (of: Buffer) =>
  [...unpacked(of)].map(([name, content]): Entry => [{ name }, content]);

test("what is no whole archive is refused", async () => {
  const [readme, ...rest] = entriesOf(archive);
  const cases: [body: Buffer, sentence: RegExp][] = [
    [Buffer.from("no archive at all"), /no whole archive/],
    // The answer comes although the client still sends.
    [Buffer.alloc(8 * 1024 ** 2, "no archive "), /no whole archive/],
    [Buffer.alloc(0), /no whole archive|manifest is missing/],
    [gzipSync("no tar"), /no whole archive|manifest is missing|no number/],
    [archive.subarray(0, archive.length / 2), /no whole archive/],
    [await packed(rest.slice(0, -1)), /manifest is missing/],
    [await packed(rest), /README\.md is missing/],
    [
      await packed([...(readme === undefined ? [] : [readme]), ...rest, ...rest.slice(0, 1)]),
      /twice/,
    ],
    [await tampered(archive, { manifest: { format: 2 } }), /needs a newer version/],
    [await tampered(archive, { manifest: { digest: "0".repeat(64) } }), /digest/],
    [await tampered(archive, { manifest: { run: { id: "x" } } }), /manifest\.json\.run/],
  ];
  for (const [body, sentence] of cases) await refused(body, "BAD_INPUT", sentence);
  const flipped = entriesOf(archive).map(([header, content]): Entry => {
    const isEvents = header.name === "run/events.jsonl";
    return [header, isEvents ? String(content).replace("1", "2") : content];
  });
  await refused(await packed(flipped), "BAD_INPUT", /events\.jsonl is not what the manifest says/);
});

test("names that lead elsewhere, links and headers that change others are refused", async () => {
  const held = entriesOf(archive);
  const id = other.runId;
  const names = [
    "../outside",
    "/etc/passwd",
    "run/../outside",
    "run/artifacts/../run.json",
    `run/artifacts/${id}/../outside.safetensors`,
    `run/artifacts/trainings/${id}/attempt-1/../../x`,
    "run/artifacts//etc/passwd",
    "run/RUN.JSON",
    "run\\..\\outside",
  ];
  for (const name of names) {
    await refused(await packed([[{ name }, "x"], ...held]), "BAD_INPUT", /has no place in it/);
  }
  const link = { name: "run/events.jsonl", linkname: "/etc/passwd" };
  for (const type of ["symlink", "link", "fifo", "character-device"] as const) {
    await refused(await packed([[{ ...link, type }, ""]]), "BAD_INPUT", /neither a file nor/);
  }
  const long = { name: `run/${"x".repeat(5_000)}` };
  await refused(await packed([[long, "x"]]), "BAD_INPUT", /neither a file nor/);
});

test("what expands without end is refused, and so are lines without end", async () => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 ** 2), { level: 9 });
  await refused(bomb, "TOO_LARGE", /expands to more than 100 times/);
  const line = await tampered(archive, { files: { "events.jsonl": () => "x".repeat(2_000_000) } });
  await refused(line, "BAD_INPUT", /line is longer/);
});

test("rows with values that are none, or cannot be stored, are refused", async () => {
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const cases: [file: string, change: Record<string, unknown>, sentence: RegExp][] = [
    ["architectures.jsonl", { score: "NaN" }, /line 1, score/],
    ["architectures.jsonl", { json: { layers: [] } }, /line 1, json/],
    ["architectures.jsonl", { name: "\u001b[2J" }, /control character/],
    ["architectures.jsonl", { id: "1 OR 1=1" }, /line 1, id/],
    ["architectures.jsonl", { note: "\0" }, /NUL/],
    ["architectures.jsonl", { note: "\ud800" }, /surrogate/],
    ["evaluations.jsonl", { taskScores: "all" }, /taskScores/],
    ["events.jsonl", { seq: 2 ** 40 }, /seq/],
    ["events.jsonl", { seq: 1_000_000 }, /higher number/],
    ["events.jsonl", { payload: 7 }, /payload/],
    ["generations.jsonl", { startedAt: "yesterday" }, /startedAt/],
    ["generations.jsonl", { index: undefined }, /index/],
    ["trainings.jsonl", { settings: { steps: -1 } }, /settings/],
    ["trainings.jsonl", { artifact: "../../../etc" }, /artifact/],
    ["attempts.jsonl", { attempt: 1.5 }, /attempt/],
  ];
  for (const [file, change, sentence] of cases) {
    const body = await tampered(archive, { files: { [file]: firstRow(change) } });
    await refused(body, "BAD_INPUT", sentence);
  }
  const texts: [file: string, change: (text: string) => string, sentence: RegExp][] = [
    ["run.json", () => "{", /run\.json cannot be used: it is not JSON/],
    ["run.json", (text) => text.replace('"DONE"', '"WON"'), /run\.json, status/],
    [
      "run.json",
      (text) => text.replace(/"superNetFile": "[^"]*"/, '"superNetFile": "../../x"'),
      /superNetFile/,
    ],
    ["settings.json", () => "{}", /settings\.json/],
    ["settings.json", (text) => text.replace(/"population": \d+/, '"population": 1e999'), /finite/],
    [
      "events.jsonl",
      (text) => text.replace(/"payload": \{/, `"payload": {"x":${deep},`),
      /levels deep/,
    ],
    ["events.jsonl", () => "\xff\xfe not JSON", /not JSON/],
    ["workers.jsonl", (text) => text + firstRow({ id: other.runId })(text), /evaluated nothing/],
  ];
  for (const [file, change, sentence] of texts) {
    await refused(await tampered(archive, { files: { [file]: change } }), "BAD_INPUT", sentence);
  }
  const twice = { "events.jsonl": (text: string) => `${text}${text.split("\n")[0] ?? ""}\n` };
  await refused(await tampered(archive, { files: twice }), "WRONG_STATE", /twice in the archive/);
});

test("rows that reach for other runs' rows are refused", async () => {
  const { runId, architectureId, generationId, trainingId } = other;
  const cases: [file: string, change: Record<string, unknown>, code: string, sentence: RegExp][] = [
    ["architectures.jsonl", { runId }, "BAD_INPUT", /row of another run/],
    ["architectures.jsonl", { generationId }, "BAD_INPUT", /not of this run/],
    ["architectures.jsonl", { parentId: architectureId }, "BAD_INPUT", /parent is of another run/],
    ["architectures.jsonl", { id: architectureId }, "WRONG_STATE", /here already/],
    ["evaluations.jsonl", { architectureId }, "BAD_INPUT", /not of this run/],
    ["events.jsonl", { runId }, "BAD_INPUT", /row of another run/],
    ["trainings.jsonl", { architectureId }, "BAD_INPUT", /not of this run/],
    ["trainings.jsonl", { id: trainingId }, "WRONG_STATE", /here already/],
    ["training-metrics.jsonl", { trainingId }, "BAD_INPUT", /not of this run/],
    ["reproductions.jsonl", { architectureId }, "BAD_INPUT", /not of this run/],
  ];
  for (const [file, change, code, sentence] of cases) {
    await refused(await tampered(archive, { files: { [file]: firstRow(change) } }), code, sentence);
  }
  const id = await tampered(archive, {
    manifest: { run: { id: runId, name: "", status: "DONE" } },
  });
  await refused(id, "WRONG_STATE", /is here already and differs/);
});

test("artifacts that no row names are refused", async () => {
  for (const folder of [other.runId, `trainings/${other.trainingId}/attempt-1`]) {
    const name = `artifacts/${folder}/model.safetensors`;
    const body = await tampered(archive, { files: { [name]: () => "weights" } });
    await refused(body, "BAD_INPUT", /no row names/);
  }
});

test("of very many fields without a place some are told", async () => {
  const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field${n}`, 1]));
  const files = {
    "run.json": (text: string) =>
      JSON.stringify({ ...z.looseObject({}).parse(JSON.parse(text)), ...fields }),
    "architectures.jsonl": firstRow(fields),
  };
  const { status, answer } = await upload(third, await tampered(archive, { files }));
  expect(status).toBe(201);
  const { ignored } = z.object({ ignored: z.array(z.string()) }).parse(answer);
  expect(ignored).toHaveLength(100);
});

test("fields of a newer version are told, and the rest is imported", async () => {
  const files = {
    "architectures.jsonl": firstRow({ colour: "blue" }),
    "events.jsonl": firstRow({ kind: "run.painted", payload: { colour: "blue" } }),
  };
  const { status, answer } = await upload(second, await tampered(archive, { files }));
  const ignored = ["architectures.jsonl: colour"];
  expect({ status, answer }).toMatchObject({
    status: 201,
    answer: { result: "IMPORTED", ignored },
  });
});
