import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeModel } from "../model/modelFile.js";
import { benchmark } from "./command.js";
import { parseOptions, spansOf, tuningOf } from "./options.js";
import { writeGlueFolder } from "./testing/glueFolder.js";
import { tinyModel } from "../model/testing/tinyModel.js";
import { writeSquadFolder } from "./testing/squadFolder.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

let work: string;
const at = (name: string) => path.join(work, name);

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), "benchmark-"));
  await writeModel(at("model"), tinyModel());
  await writeGlueFolder(at("glue"));
  await appendFile(path.join(at("glue"), "SST-2", "dev.tsv"), "no label\n");
  await writeSquadFolder(at("squad"));
});
afterAll(() => rm(work, { recursive: true }));

async function run(...argv: string[]) {
  const [printed, noted]: [string[], string[]] = [[], []];
  const lines = {
    print: (line: string) => printed.push(line),
    note: (line: string) => noted.push(line),
  };
  await benchmark(
    ["--model", at("model"), "--out", at("out"), ...argv],
    lines,
    new AbortController().signal,
  );
  return { printed, noted };
}

describe("npm run benchmark", () => {
  test("reads the files, prints the scores and malformed rows, and writes the submission", async () => {
    const quick = ["--epochs", "10", "--batch", "8", "--learning-rates", "3e-3"];
    const { printed, noted } = await run("--glue", at("glue"), "--tasks", "SST-2", ...quick);
    expect(printed[0]).toMatch(
      /^SST-2 {2}(100\.0|[5-9]\d\.\d) {2}\(accuracy .*learning rate 0\.003\)$/,
    );
    expect(printed[1]).toMatch(/^glue-submission\.zip is without CoLA\.tsv, .*, AX\.tsv$/);
    expect(printed[2]).toBe(
      `${path.join(at("glue"), "SST-2", "dev.tsv")}: 1 of 25 rows malformed: wrong number of columns (first: 26)`,
    );
    expect(printed).toHaveLength(4);
    expect(noted[1]).toBe("SST-2, learning rate 0.003, fine-tune: 1 of 60");
    expect((await readdir(at("out"))).sort()).toEqual(["done", "glue-submission.zip", "glue.json"]);
  });

  test("refuses a folder that cannot be written before anything is trained", async () => {
    for (const out of ["/proc/x/y", path.join(at("glue"), "SST-2", "dev.tsv")]) {
      await expect(run("--glue", at("glue"), "--out", out)).rejects.toMatchObject({
        code: "DATA_FOLDER_UNWRITABLE",
      });
    }
  });

  test("prints the scores of SQuAD and writes its predictions", async () => {
    const quick = ["--epochs", "1", "--learning-rates", "1e-3", "--threads", "1"];
    const { printed } = await run("--squad", at("squad"), ...quick);
    expect(printed[0]).toMatch(/^v1\.1 {2}EM \d+\.\d, F1 \d+\.\d {2}\(learning rate 0\.001\)$/);
    expect(printed[1]).toMatch(
      /^v2\.0 {2}EM \d+\.\d, F1 \d+\.\d {2}\(with an answer: EM .*; without: EM .*, F1 .*; none above /,
    );
    expect(await readdir(at("out"))).toContain("squad-v2.0-predictions.json");
  });

  const wrong: [string[], string][] = [
    [["--glu", "x"], "--glu"],
    [["--glue", "x", "--squad", "y"], "give either --glue or --squad"],
    [["--glue", "x", "--tasks", "CoLA,SNLI"], "--tasks: "],
    [["--glue", "x", "--epochs", "0"], "--epochs: "],
    [["--glue", "x", "--learning-rates", "fast"], "--learning-rates: "],
    [["--glue", "x", "--engine", "coal"], "--engine: "],
  ];
  test.each(wrong)(
    "refuses the arguments %j with a sentence that names the mistake",
    async (argv, sentence) => {
      await expect(run(...argv)).rejects.toMatchObject({
        code: "BAD_SETTING",
        message: expect.stringContaining(sentence) as string,
      });
    },
  );
});

describe("an option that is not given", () => {
  const size = { ...tinyModel().size, length: 512 };
  const given = (...argv: string[]) => parseOptions(["--model", "m", "--out", "o", ...argv]);

  test("has the value of BERT's fine-tuning", () => {
    const usual = { epochs: 3, batch: 32, learningRates: [5e-5, 3e-5, 2e-5], seed: 1 };
    expect(tuningOf(given("--glue", "g"), size)).toEqual({ ...usual, length: 128 });
    const squad = tuningOf(given("--squad", "s"), size);
    expect(squad).toEqual({ ...usual, length: 384 });
    expect(spansOf(given("--squad", "s"), squad)).toEqual({
      questionLength: 64,
      stride: 128,
      answerLength: 30,
    });
  });

  test("is smaller for a model that reads shorter rows", () => {
    const small = { ...size, length: 64 };
    const tuning = tuningOf(given("--squad", "s"), small);
    expect(tuning.length).toBe(64);
    const { questionLength, stride } = spansOf(given("--squad", "s"), tuning);
    expect({ questionLength, stride }).toEqual({ questionLength: 32, stride: 21 });
  });
});
