import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startEngine } from "../../engine/start.js";
import { copyTensors } from "../../model/tensors.js";
import { tinyModel } from "../../model/testing/tinyModel.js";
import { writeSquadFolder } from "../testing/squadFolder.js";
import { tuningSchema } from "../tuning.js";
import { runSquad, spanSchema, type SquadResult } from "./run.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let work: string;
const model = tinyModel();
const tuning = tuningSchema.parse({
  epochs: 12,
  batch: 16,
  learningRates: [1e-7, 4e-3],
  length: 24,
});
const spans = spanSchema.parse({ questionLength: 8, stride: 6 });
const input = (out: string) => ({
  model,
  checksum: "of the model",
  tuning,
  spans,
  folder: path.join(work, "squad"),
  out: path.join(work, out),
  signal: new AbortController().signal,
});
const readOut = async (out: string, name: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(work, out, name), "utf8"));

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), "squad-run-"));
  await writeSquadFolder(path.join(work, "squad"));
  await startEngine("auto", 1);
});
afterAll(() => rm(work, { recursive: true }));

describe("both versions of SQuAD", () => {
  let result: SquadResult;
  beforeAll(async () => void (result = await runSquad(input("both"))));
  const of = (version: string) => result.versions.find((each) => each.version === version);

  test("are learned, by the better learning rate", () => {
    // One of some fourteen words is the answer: the untrained model finds it seldom.
    expect(of("1.1")?.learningRate).toBe(4e-3);
    expect(of("1.1")?.trials[0]?.score).toBeLessThan(40);
    expect(of("1.1")?.metrics["exact_match"]).toBeGreaterThan(80);
    expect(of("1.1")?.metrics["f1"]).toBeGreaterThan(80);
    expect(of("1.1")?.noAnswerThreshold).toBeNull();
    // A third has no answer: who never answers has 33.
    expect(of("2.0")?.metrics).toMatchObject({ total: 72, HasAns_total: 48, NoAns_total: 24 });
    expect(of("2.0")?.metrics["f1"]).toBeGreaterThan(80);
    expect(of("2.0")?.metrics["NoAns_f1"]).toBeGreaterThan(80);
  });

  test("writes predictions in the official form", async () => {
    const first = await readOut("both", "squad-v1.1-predictions.json");
    expect(Object.keys(first as object)).toHaveLength(48);
    expect(first).toMatchObject({ "dev-0-0": expect.stringMatching(/^\w+$/) as string });
    const second = (await readOut("both", "squad-v2.0-predictions.json")) as object;
    const unsure = (await readOut("both", "squad-v2.0-na-prob.json")) as Record<string, number>;
    expect(Object.keys(unsure)).toEqual(Object.keys(second));
    const threshold = of("2.0")?.noAnswerThreshold ?? NaN;
    for (const [id, text] of Object.entries(second)) {
      expect(text === "", id).toBe((unsure[id] ?? NaN) > threshold);
    }
    expect(await readOut("both", "squad.json")).toEqual(result);
  });
});

describe("a run of SQuAD", () => {
  test("predicts no answers if all trainings diverged", async () => {
    const weights = copyTensors(model.weights);
    weights.get("embedding.norm.bias")?.data.fill(NaN);
    const result = await runSquad({ ...input("diverged"), model: { ...model, weights } });
    const [first, second] = result.versions;
    expect(first).toMatchObject({ learningRate: null, metrics: { exact_match: 0, f1: 0 } });
    expect(second?.metrics).toMatchObject({ HasAns_f1: 0, NoAns_f1: 100 });
    const predictions = await readOut("diverged", "squad-v2.0-predictions.json");
    expect(new Set(Object.values(predictions as object))).toEqual(new Set([""]));
  });

  test("stops between two steps", async () => {
    let steps = 0;
    const stop = new AbortController();
    const run = runSquad({
      ...input("stopped"),
      onProgress: () => {
        if (++steps === 2) stop.abort();
      },
      signal: stop.signal,
    });
    await expect(run).rejects.toMatchObject({ code: "STOPPED" });
    expect(steps).toBe(2);
  });

  test("names a missing file and a setting that does not fit", async () => {
    const nowhere = runSquad({ ...input("nowhere"), folder: path.join(work, "nowhere") });
    await expect(nowhere).rejects.toThrow("neither train-v1.1.json nor train-v2.0.json");
    const long = runSquad({ ...input("long"), spans: { ...spans, questionLength: 21 } });
    await expect(long).rejects.toMatchObject({ code: "BAD_SETTING" });
    await rm(path.join(work, "squad", "dev-v1.1.json"));
    await expect(runSquad(input("half"))).rejects.toThrow("There is no file");
  });
});
