import { spawnSync } from "node:child_process";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { installedEngine } from "../../native/location.mjs";
import type { EngineChoice } from "./choose.js";

/** The values of OPNAS_GPUS: `all`, `none`, or GPUs by the numbers or UUIDs that `nvidia-smi -L` shows. */
export const gpuChoiceSchema = z
  .string()
  .regex(/^(all|none|(\d{1,3}|GPU-[\da-fA-F-]+)(\s*,\s*(\d{1,3}|GPU-[\da-fA-F-]+))*)$/, {
    error: "must be all, none, or a list such as 0,2 of the GPUs that `nvidia-smi -L` shows",
  })
  .transform((text) =>
    text === "all" || text === "none" ? text : text.split(",").map((id) => id.trim()),
  );
type GpuChoice = z.infer<typeof gpuChoiceSchema>;

interface Gpu {
  index: string;
  uuid: string;
}

/**
 * Finds the GPUs that a worker's trainers are bound to, where its engine will be tensorflow-gpu.
 * A CUDA_VISIBLE_DEVICES that a scheduler has set limits them further.
 * @returns their UUIDs; undefined for another engine, or without `nvidia-smi` unless it is asked for GPUs
 * @throws OpnasError `BAD_SETTING` when a GPU of the list is not there
 */
export function gpusFor(
  engine: EngineChoice,
  choice: GpuChoice,
  environment: NodeJS.ProcessEnv,
): string[] | undefined {
  const usesGpu =
    engine === "tensorflow-gpu" ||
    (engine === "auto" && installedEngine("tensorflow-gpu", environment) !== undefined);
  if (!usesGpu) return undefined;
  if (choice === "none") return [];
  const found = listGpus(environment);
  if (choice !== "all") return [...new Set(choice.map((id) => uuidOf(id, found)))];
  if (found.length === 0) return undefined;
  const visible = environment["CUDA_VISIBLE_DEVICES"];
  if (visible === undefined) return found.map(({ uuid }) => uuid);
  const ids = visible.split(",").map((id) => id.trim());
  return found
    .filter(({ index, uuid }) => ids.includes(index) || ids.includes(uuid))
    .map(({ uuid }) => uuid);
}

/** Asks `nvidia-smi` for this machine's GPUs; none when it is missing or fails. */
function listGpus(environment: NodeJS.ProcessEnv): Gpu[] {
  const { status, stdout } = spawnSync(
    "nvidia-smi",
    ["--query-gpu=index,uuid", "--format=csv,noheader"],
    { encoding: "utf8", env: environment, timeout: 20_000 },
  );
  if (status !== 0) return [];
  return stdout
    .split("\n")
    .map((row) => row.split(",").map((cell) => cell.trim()))
    .flatMap(([index = "", uuid = ""]) => (uuid === "" ? [] : [{ index, uuid }]));
}

function uuidOf(id: string, found: readonly Gpu[]): string {
  const gpu = found.find(({ index, uuid }) => index === id || uuid === id);
  if (gpu !== undefined) return gpu.uuid;
  const there = found.map(({ index }) => index).join(", ");
  throw new OpnasError(
    "BAD_SETTING",
    `OPNAS_GPUS names the GPU ${id}, but ${there === "" ? "`nvidia-smi` shows none" : `\`nvidia-smi -L\` shows ${there}`}.`,
  );
}
