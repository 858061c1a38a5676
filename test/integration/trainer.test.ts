// Real trainer processes: killed at bad moments, and bound to GPUs. They need no database.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { presetNamed, referenceBackbones } from "@opnas/core";
import { Trainer, TrainerPool } from "@opnas/worker/internals";
import { afterEach, describe, expect, test } from "vitest";

const never = new AbortController().signal;
const trainers: Trainer[] = [];

afterEach(async () => {
  await Promise.all(trainers.splice(0).map((trainer) => trainer.end()));
});

async function start(): Promise<Trainer> {
  const trainer = await Trainer.start({ engine: "wasm" }, 1);
  trainers.push(trainer);
  return trainer;
}

/** Returns a request that the channel to the trainer takes only in part, so that the rest must wait. */
function largeRequest() {
  const { settings } = presetNamed("tiny");
  const [backbone] = referenceBackbones(2);
  if (backbone === undefined) throw new Error("there is no reference");
  return {
    type: "evaluate" as const,
    run: { seed: 1, settings },
    text: { own: "", cache: "", keyFile: "" },
    superNet: { file: "", checksum: null },
    checkpoints: { folder: "", attempt: 1 },
    architecture: backbone.architecture,
    key: "k".repeat(32e6),
  };
}

describe("a trainer", () => {
  test("that is killed while a large request is sent to it is lost, and nothing else is", async () => {
    const trainer = await start();
    process.kill(trainer.pid ?? 0, "SIGSTOP");
    const work = trainer.run(largeRequest(), never, () => undefined);
    process.kill(trainer.pid ?? 0, "SIGKILL");
    await expect(work).rejects.toMatchObject({ code: "WORKER_LOST" });
    expect(trainer.alive).toBe(false);
  });

  test("that has gone takes no request and no stop", async () => {
    const trainer = await start();
    await trainer.end();
    const work = trainer.run(largeRequest(), AbortSignal.abort(), () => undefined);
    await expect(work).rejects.toMatchObject({ code: "STOPPED" });
    await expect(trainer.run(largeRequest(), never, () => undefined)).rejects.toMatchObject({
      code: "WORKER_LOST",
    });
  });
});

test.runIf(process.platform === "linux")("trainers take turns on the GPUs", async () => {
  const pool = new TrainerPool({ engine: "wasm", gpus: ["GPU-a", "GPU-b"], slots: 3 });
  try {
    const bound = await hold(pool, 3);
    expect(bound.map(({ gpu }) => gpu).sort()).toEqual(["GPU-a", "GPU-a", "GPU-b"]);
    expect(bound.every(({ isGrowing }) => isGrowing)).toBe(true);
    // The next trainer takes the place of the one that was killed.
    const lonely = bound.find(({ gpu }) => gpu === "GPU-b");
    process.kill(lonely?.trainer.pid ?? 0, "SIGKILL");
    while (lonely?.trainer.alive === true) await sleep(20);
    const again = await hold(pool, 3);
    expect(again.map(({ gpu }) => gpu).sort()).toEqual(["GPU-a", "GPU-a", "GPU-b"]);
  } finally {
    await pool.end();
  }
});

/** Borrows `count` trainers at once and reads what their processes were told about GPUs. */
async function hold(pool: TrainerPool, count: number) {
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  let borrowed = 0;
  return Promise.all(
    Array.from({ length: count }, () =>
      pool.with(async (trainer) => {
        borrowed += 1;
        if (borrowed === count) open();
        await all;
        const variables = readFileSync(`/proc/${trainer.pid}/environ`, "utf8").split("\0");
        const gpu = variables
          .find((each) => each.startsWith("CUDA_VISIBLE_DEVICES="))
          ?.replace(/.*=/, "");
        return { trainer, gpu, isGrowing: variables.includes("TF_FORCE_GPU_ALLOW_GROWTH=true") };
      }),
    ),
  );
}
