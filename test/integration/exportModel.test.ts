/**
 * Has a real worker write exports with weights: of a model that was really pre-trained, and of an
 * architecture's share of a super-net that was really trained.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { bertLayer, defaultPretraining, presetNamed } from "@opnas/core";
import { type ExportFormat, startExport, startPretraining, startRun } from "@opnas/prisma";
import { readModel, readTensors } from "@opnas/worker";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createArchitecture } from "../support/architecture.js";
import { startTestWorkers } from "../support/testWorkers.js";
import { until } from "../support/until.js";

const { db, queue, dataFolder, startWorker, stopWorkers } = await startTestWorkers("export");
afterEach(stopWorkers);
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "opnas-exported-"))));
afterAll(() => rm(folder, { recursive: true }));

const size = { layers: 2, hidden: 32, heads: 2, vocabulary: 512, length: 16, rawKernels: false };
const settings = { ...defaultPretraining(size), steps: 4, batch: 4, accumulate: 1 };

async function exported(id: string, format: ExportFormat) {
  const order = await startExport(db, queue, { id, format });
  return until("the export ends", 120, async () => {
    const row = await db.export.findUniqueOrThrow({ where: { id: order.id } });
    return ["DONE", "FAILED"].includes(row.status) && row;
  });
}

/** Unpacks a finished export's archive, after comparing it with its row; returns its folder. */
async function unpacked(row: Awaited<ReturnType<typeof exported>>): Promise<string> {
  expect(row).toMatchObject({ status: "DONE", progress: 1, error: null });
  const file = path.join(dataFolder, "artifacts", row.artifact ?? "", "model.tar");
  const content = await readFile(file);
  expect(content.length).toBe(row.bytes);
  expect(createHash("sha256").update(content).digest("hex")).toBe(row.checksum);
  const target = path.join(folder, row.id);
  await mkdir(target);
  await promisify(execFile)("tar", ["-xf", file, "-C", target]);
  const [root = ""] = await readdir(target);
  return path.join(target, root);
}

test("a pre-trained model leaves with its weights and a card, once for equal requests", async () => {
  await startWorker(1);
  const layers = [bertLayer, { kind: "conv" as const, kernelSize: 7 as const }];
  const architectureId = await createArchitecture(db, { version: 1, layers });
  const { id } = await startPretraining(db, queue, { architectureId, seed: 7, settings });
  await expect(startExport(db, queue, { id, format: "onnx" })).rejects.toThrow("no model yet");
  await until("the training ends", 120, async () => {
    const row = await db.pretraining.findUniqueOrThrow({ where: { id } });
    expect(row.error).toBeNull();
    return row.status === "DONE";
  });
  const row = await exported(architectureId, "pytorch");
  expect(row).toMatchObject({ architectureId, pretrainingId: id });
  const target = await unpacked(row);
  expect((await readdir(target)).sort()).toEqual([
    "README.md",
    "config.json",
    "model.safetensors",
    "modeling_opnas.py",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  const { artifact } = await db.pretraining.findUniqueOrThrow({ where: { id } });
  const { weights } = await readModel(path.join(dataFolder, artifact ?? ""));
  const tensors = await readTensors(path.join(target, "model.safetensors"));
  expect(tensors.get("opnas.embeddings.token.weight")?.data).toEqual(
    weights.get("embedding.token.weight")?.data,
  );
  const card = await readFile(path.join(target, "README.md"), "utf8");
  expect(card).toContain("It was pre-trained from random weights.");
  expect(card).toContain("Loss of masked words");
  expect(card).toContain(`npx opnas export ${id} --weights --format pytorch`);
  // The files of the archive are gone, and what replaced attempts left.
  const kept = await readdir(path.join(dataFolder, "artifacts", "exports", row.id, "attempt-1"));
  expect(kept).toEqual(["model.tar"]);
  expect((await startExport(db, queue, { id, format: "pytorch" })).id).toBe(row.id);
  const onnx = await unpacked(await exported(id, "onnx"));
  expect((await readdir(onnx)).sort()).toEqual([
    "README.md",
    "model.onnx",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  const tfjs = await unpacked(await exported(id, "tfjs"));
  expect((await readdir(tfjs)).sort()).toEqual([
    "README.md",
    "USAGE.md",
    "group1-shard1of1.bin",
    "model.json",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  expect(await readFile(path.join(tfjs, "README.md"), "utf8")).toContain("--format tfjs");
  await rm(path.join(dataFolder, artifact ?? ""), { recursive: true });
  await db.export.deleteMany();
  expect(await exported(id, "pytorch")).toMatchObject({
    status: "FAILED",
    error: { code: "CORRUPT_ARTIFACT" },
  });
}, 300_000);

test("an architecture of a search leaves with its share of the super-net, as long as that is there", async () => {
  await startWorker(1);
  const smoke = presetNamed("smoke").settings;
  const run = await startRun(db, queue, {
    name: "test",
    seed: 7,
    preset: "smoke",
    settings: { ...smoke, generations: 0, references: false },
  });
  await until("the run ends", 240, async () => {
    const { status, error } = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
    expect(error).toBeNull();
    return status === "DONE";
  });
  const { id } = await db.architecture.findFirstOrThrow({ where: { runId: run.id } });
  const row = await exported(id, "pytorch");
  const target = await unpacked(row);
  const { superNetFile } = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
  const file = path.join(dataFolder, "artifacts", run.id, superNetFile ?? "");
  const superNet = await readTensors(file, ["embedding.token.weight"]);
  const tensors = await readTensors(path.join(target, "model.safetensors"));
  expect(tensors.get("opnas.embeddings.token.weight")?.data).toEqual(
    superNet.get("embedding.token.weight")?.data,
  );
  const card = await readFile(path.join(target, "README.md"), "utf8");
  expect(card).toContain("its share of a super-net");
  expect(card).toContain("n-gram model");
  expect(card).toContain("npx opnas search --preset smoke --seed 7");
  await rm(file);
  const { status, error } = await exported(id, "onnx");
  expect({ status, error }).toMatchObject({
    status: "FAILED",
    error: { code: "CORRUPT_ARTIFACT" },
  });
  expect(JSON.stringify(error)).toContain("weights are gone");
}, 300_000);
