import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FolderStore } from "@opnas/artifacts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../files/writeAtomically.js";
import { pretrainingArtifacts, requireSameStore, RunArtifacts } from "./artifacts.js";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "artifacts-"))));
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string) => writeAtomically(file, ["whole"]);

test("a late attempt at a super-net tidies up after itself, and nothing of a newer one", async () => {
  const files = await RunArtifacts.of(new FolderStore(folder), "run");
  for (const attempt of [1, 2, 3]) await write(files.path(files.superNetName(attempt)));
  await write(path.join(files.superNetCheckpoints(1).folder, "5.1.safetensors"));
  await write(path.join(files.candidateCheckpoints("candidate", 1).folder, "5.1.safetensors"));
  await write(files.textKey);
  await files.tidySuperNet(files.superNetName(2), 2);
  const left = await readdir(path.dirname(files.textKey), { recursive: true });
  expect(left.sort()).toEqual([
    "checkpoints",
    "checkpoints/candidate",
    "checkpoints/candidate/5.1.safetensors",
    "super-net.2.safetensors",
    "super-net.3.safetensors",
    "text.key",
  ]);
});

test("a late attempt at a pre-training tidies up after itself, and nothing of a newer one", async () => {
  const attempts = await Promise.all(
    [1, 2, 3].map((of) => pretrainingArtifacts(new FolderStore(folder), "id", of)),
  );
  for (const { modelFolder, checkpoints } of attempts) {
    await write(path.join(modelFolder, "model.json"));
    await write(path.join(checkpoints.folder, `5.${String(checkpoints.attempt)}.safetensors`));
  }
  const [, second] = attempts;
  await second?.tidy(second.artifact);
  const left = await readdir(path.join(folder, "trainings", "id"));
  expect(left.sort()).toEqual(["attempt-2", "attempt-3"]);
});

test("a run's super-net in another store is told apart", () => {
  const run = (superNetStore: string | null) => ({ name: "a run", superNetStore });
  requireSameStore(run(null), "here");
  requireSameStore(run("here"), "here");
  expect(() => requireSameStore(run("there"), "here")).toThrow("OPNAS_ARTIFACTS");
});
