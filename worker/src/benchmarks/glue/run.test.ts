import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startEngine } from "../../engine/start.js";
import { writeGlueFolder } from "../testing/glueFolder.js";
import { copyTensors } from "../../model/tensors.js";
import { tinyModel } from "../../model/testing/tinyModel.js";
import { tuningSchema } from "../tuning.js";
import { runGlue, type GlueInput, type GlueResult } from "./run.js";
import { glueTaskNames } from "./tasks.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let work: string;
const model = tinyModel();
const tuning = tuningSchema.parse({ epochs: 8, batch: 8, learningRates: [1e-7, 3e-3], length: 32 });
const input = (out: string) => ({
  model,
  checksum: "of the model",
  folder: path.join(work, "glue"),
  out: path.join(work, out),
  tuning,
  signal: new AbortController().signal,
});

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), "glue-run-"));
  await writeGlueFolder(path.join(work, "glue"));
  await appendFile(path.join(work, "glue", "RTE", "test.tsv"), "10\tonly one sentence\n");
  await startEngine("auto", 1);
});
afterAll(() => rm(work, { recursive: true }));

describe("all of GLUE", () => {
  let result: GlueResult;
  beforeAll(async () => void (result = await runGlue(input("all"))));

  test("learns the labels by the better learning rate", () => {
    expect(result.tasks.map(({ task }) => task)).toEqual(glueTaskNames);
    for (const { task, score, learningRate, trials } of result.tasks) {
      // By chance: 0 for Matthews and the correlations, 33 for MNLI, 50 for the others.
      expect(score, task).toBeGreaterThan(65);
      expect(learningRate, task).toBe(3e-3);
      expect(trials, task).toHaveLength(2);
      expect(trials[0]?.score, task).toBeLessThan(score);
    }
  });

  test("scores each task by the mean of its metrics and GLUE by the mean of its tasks", () => {
    const of = (name: string) => result.tasks.find(({ task }) => task === name);
    const named = (name: string) => of(name)?.metrics.map(({ set, metric }) => [set, metric]);
    expect(named("CoLA")).toEqual([[null, "matthews"]]);
    expect(named("QQP")).toEqual([
      [null, "f1"],
      [null, "accuracy"],
    ]);
    expect(named("STS-B")).toEqual([
      [null, "pearson"],
      [null, "spearman"],
    ]);
    expect(named("MNLI")).toEqual([
      ["matched", "accuracy"],
      ["mismatched", "accuracy"],
    ]);
    const [first = 0, second = 0] = of("MNLI")?.metrics.map(({ value }) => value ?? 0) ?? [];
    expect(of("MNLI")?.score).toBeCloseTo((first + second) / 2, 10);
    const sum = (tasks: readonly { score: number }[]) =>
      tasks.reduce((total, { score }) => total + score, 0);
    expect(result.average).toBeCloseTo(sum(result.tasks) / 9, 10);
    expect(result.averageWithoutWnli).toBeCloseTo(sum(result.tasks.slice(0, 8)) / 8, 10);
  });

  test("writes the submission that the benchmark's site asks for", async () => {
    const zip = unzipSync(await readFile(path.join(work, "all", "glue-submission.zip")));
    const single = ["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "QNLI", "RTE", "WNLI"];
    expect(Object.keys(zip).sort()).toEqual(
      [...single, "MNLI-m", "MNLI-mm", "AX"].map((name) => `${name}.tsv`).sort(),
    );
    const label: Record<string, RegExp> = {
      "STS-B.tsv": /^[0-5]\.\d{3}$/,
      "RTE.tsv": /^(not_)?entailment$/,
      "QNLI.tsv": /^(not_)?entailment$/,
      "AX.tsv": /^(entailment|neutral|contradiction)$/,
      "MNLI-m.tsv": /^(entailment|neutral|contradiction)$/,
      "MNLI-mm.tsv": /^(entailment|neutral|contradiction)$/,
    };
    for (const [name, bytes] of Object.entries(zip)) {
      const [header, ...rows] = strFromU8(bytes).trimEnd().split("\n");
      expect(header).toBe("index\tprediction");
      expect(rows.map((row) => row.split("\t")[0])).toEqual(
        Array.from({ length: name === "RTE.tsv" ? 11 : 10 }, (_, index) => `${index}`),
      );
      for (const row of rows) expect(row.split("\t")[1], name).toMatch(label[name] ?? /^[01]$/);
    }
    const moods = strFromU8(zip["SST-2.tsv"] ?? new Uint8Array()).match(/\t[01]$/gm);
    expect(moods?.map((mood) => Number(mood))).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  test("reports every file, and the test row that it predicted without its text", async () => {
    expect(result.missing).toEqual([]);
    expect(result.tasks.map(({ cut }) => cut.train)).toEqual(Array(9).fill(0));
    expect(result.files).toHaveLength(30);
    expect(result.files.filter(({ malformed }) => malformed.length > 0)).toEqual([
      expect.objectContaining({ file: path.join(work, "glue", "RTE", "test.tsv"), rows: 11 }),
    ]);
    const rte = result.tasks.find(({ task }) => task === "RTE");
    expect(rte?.fallbacks).toEqual({ "RTE.tsv": 1 });
    const written: unknown = JSON.parse(
      await readFile(path.join(work, "all", "glue.json"), "utf8"),
    );
    expect(written).toEqual(result);
  });
});

describe("a run of some tasks", () => {
  test("has no average, and repeats to the bit", async () => {
    const short = { ...tuning, epochs: 1, learningRates: [1e-3] };
    const some = (out: string) => runGlue({ ...input(out), tasks: ["RTE"], tuning: short });
    const first = await some("some");
    expect(first).toMatchObject({ average: null, averageWithoutWnli: null, bertAverage: null });
    expect(await some("again")).toEqual(first);
    const zipIn = (out: string) => readFile(path.join(work, out, "glue-submission.zip"));
    expect(await zipIn("again")).toEqual(await zipIn("some"));
  });

  test("resumes with the first task that an interrupted run has not done", async () => {
    const quick = { ...tuning, epochs: 1, learningRates: [1e-3] };
    const seen = new Set<string>();
    const two = (changes: Partial<GlueInput>) => {
      seen.clear();
      return runGlue({
        ...input("two"),
        tasks: ["RTE", "WNLI"],
        tuning: quick,
        onProgress: ({ task }) => void seen.add(task),
        ...changes,
      });
    };
    const stop = new AbortController();
    const interrupted = two({
      signal: stop.signal,
      onProgress: ({ task }) => {
        seen.add(task);
        if (task === "WNLI") stop.abort();
      },
    });
    await expect(interrupted).rejects.toMatchObject({ code: "STOPPED" });
    expect([...seen]).toEqual(["RTE", "WNLI"]);
    const whole = await two({});
    expect([...seen]).toEqual(["WNLI"]);
    expect(whole).toEqual(await two({ out: path.join(work, "at once") }));
    expect([...seen]).toEqual(["RTE", "WNLI"]);
    expect(whole.missing).toEqual(expect.arrayContaining(["CoLA.tsv", "MNLI-m.tsv", "AX.tsv"]));
    await two({ tuning: { ...quick, seed: 2 } });
    expect([...seen]).toEqual(["RTE", "WNLI"]);
  });

  test("counts the rows that are cut off", async () => {
    const short = { ...tuning, epochs: 1, learningRates: [1e-3], length: 8 };
    const { tasks } = await runGlue({ ...input("short"), tasks: ["RTE"], tuning: short });
    for (const count of Object.values(tasks[0]?.cut ?? {})) expect(count).toBeGreaterThan(5);
  });

  test("reports its progress and stops between two steps", async () => {
    const seen: string[] = [];
    const stop = new AbortController();
    const run = runGlue({
      ...input("stopped"),
      tasks: ["WNLI"],
      onProgress: ({ task, learningRate, phase, done, total }) => {
        seen.push([task, learningRate, phase, done, total].join(" "));
        if (seen.length === 3) stop.abort();
      },
      signal: stop.signal,
    });
    await expect(run).rejects.toMatchObject({ code: "STOPPED" });
    expect(seen).toEqual([1, 2, 3].map((step) => `WNLI 1e-7 fine-tune ${step} 48`));
  });

  test("scores a task 0 if all its trainings diverged, and submits its most frequent class", async () => {
    const weights = copyTensors(model.weights);
    weights.get("embedding.norm.bias")?.data.fill(NaN);
    const run = { ...input("diverged"), model: { ...model, weights }, tasks: ["SST-2" as const] };
    const result = await runGlue(run);
    expect(result.tasks[0]).toMatchObject({
      score: 0,
      learningRate: null,
      trials: [{ score: null }, { score: null }],
      fallbacks: { "SST-2.tsv": 10 },
    });
    const zip = unzipSync(await readFile(path.join(work, "diverged", "glue-submission.zip")));
    expect(strFromU8(zip["SST-2.tsv"] ?? new Uint8Array())).toMatch(/^index\tprediction\n0\t0\n/);
  });

  test("refuses rows longer than the model reads, and a folder that lacks a file", async () => {
    const long = runGlue({ ...input("long"), tuning: { ...tuning, length: 64 } });
    await expect(long).rejects.toMatchObject({ code: "BAD_SETTING" });
    const nowhere = runGlue({ ...input("nowhere"), folder: path.join(work, "nowhere") });
    await expect(nowhere).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});
