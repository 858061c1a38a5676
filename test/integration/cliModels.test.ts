/** A published model's way onto the board: imported, fine-tuned, shown with its results. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@opnas/prisma/testing";
import { readModel } from "@opnas/worker";
import { benchmark, importModel } from "@opnas/worker/internals";
import { writeBertFolder, writeGlueFolder } from "@opnas/worker/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startCommandLine } from "../support/commandLine.js";

const { run, stop } = await startCommandLine(await testDatabase());
const folder = await mkdtemp(path.join(tmpdir(), "opnas-models-"));
const at = (name: string) => path.join(folder, name);
afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

/** Imports a BERT, and fine-tunes it to a task. */
async function makeResults(): Promise<void> {
  await writeBertFolder(at("bert"));
  await importModel([at("bert"), "--out", at("model")]);
  await writeGlueFolder(at("glue"));
  const quick = ["--tasks", "SST-2", "--epochs", "1", "--learning-rates", "1e-3"];
  const files = ["--glue", at("glue"), "--model", at("model"), "--out", at("results")];
  const silent = { print: () => undefined, note: () => undefined };
  await benchmark([...files, ...quick], silent, new AbortController().signal);
}
await makeResults();

const modelsForm = z.array(z.looseObject({ id: z.string() }));

test("a BERT is imported, fine-tuned, and stands beside the references with its results", async () => {
  const bare = await run(["model", "add", at("model")]);
  expect(bare).toMatchObject({ code: 0, stderr: "" });
  const named = ["model", "add", at("model"), "--name", "BERT tiny", "--results", at("results")];
  const added = await run(named);
  expect(added.code).toBe(0);
  const [id = ""] = added.stdout.split(": ");
  expect(bare.stdout).toMatch(new RegExp(`^${id}: model, \\d+ parameters, \\d+ FLOPs\n$`));
  expect(added.stdout).toMatch(/: BERT tiny, .*\nGLUE SST-2 accuracy \d+\.\d\n$/);
  expect((await run(["model", "list"])).stdout).toMatch(
    new RegExp(`${id} +BERT tiny +1 × 8 +\\d+ +\\d+ +GLUE SST-2 accuracy`),
  );
  const listed = modelsForm.parse(JSON.parse((await run(["model", "list", "--json"])).stdout));
  const { size } = await readModel(at("model"));
  expect(listed).toMatchObject([{ id, layers: size.layers, hidden: size.hidden }]);

  expect((await run(["model", "delete", id])).stdout).toBe(`${id}: deleted\n`);
  expect((await run(["model", "delete", id])).code).toBe(2);
});

test("results of another model are refused, and folders that hold no model", async () => {
  await writeBertFolder(at("other"), { vocabulary: "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n" });
  await importModel([at("other"), "--out", at("second")]);
  const foreign = await run(["model", "add", at("second"), "--results", at("results")]);
  expect(foreign).toMatchObject({ code: 2, stdout: "" });
  expect(foreign.stderr).toContain("has the results of another model");
  const none = await run(["model", "add", at("second"), "--results", at("glue")]);
  expect(none.stderr).toContain("has no results");
  for (const empty of [at("glue"), at("nowhere")]) {
    expect(await run(["model", "add", empty])).toMatchObject({ code: 2, stdout: "" });
  }
});
