/** Our training steps against PyTorch's; run by `npm run bench:engine`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { engineChoices } from "@opnas/worker";
import { z } from "zod";
import { flag, list, positive, runBench, whole } from "../common/command.ts";
import { kinds, modelNames } from "./cases.ts";
import { measure, steadiness, type Measured } from "./measure.ts";
import { startOurs, startPeer } from "./sides.ts";
import { installedTorch } from "./torch.ts";

const about = `Training steps of ours against PyTorch's: same machine, same model, same batches, same threads, taking
turns. Refuses to time two programs whose first losses differ. Models: ${modelNames.join(", ")}.

--compile also times torch.compile; --steady N also trains N super-net steps of the model tiny and notes
tensors and memory on the way, which must not grow. PyTorch is downloaded into the cache by the first
run; a quick run does without it, and only checks that our steps repeat.`;

const header =
  "model  case      steps/s  PyTorch  ratio (min–max)     tokens/s  GFLOP/s  of peak  memory (PyTorch)";

await runBench(
  {
    name: "bench:engine",
    about,
    options: {
      engine: z.enum(engineChoices).default("auto"),
      threads: whole(1).default(2),
      rounds: whole(1).default(5),
      seconds: positive.default(2),
      models: list(z.enum(modelNames)).default(["mini", "small"]),
      kinds: list(z.enum(kinds)).default([...kinds]),
      compile: flag,
      steady: whole(0).default(0),
    },
    quick: { models: "tiny", rounds: "2", seconds: "0.2", steady: "10" },
  },
  async ({ engine, threads, rounds, seconds, compile, quick, ...options }) => {
    const torch = quick ? undefined : await installedTorch();
    const ours = await startOurs(engine, threads);
    const peer = torch === undefined ? undefined : await startPeer(torch, threads);
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-engine-"));
    try {
      const peak = (await peer?.ask({ ask: "peak" }, z.number())) ?? null;
      const bench = { ours, peer, rounds, seconds, compile, folder, peak };
      const name = `${ours.engine.name} ${ours.engine.version}, ${threads} threads`;
      const against =
        peer && peak !== null
          ? `against ${peer.report}; matrix products reach ${peak.toFixed(0)} GFLOP/s`
          : "alone: a quick run measures and checks our side only";
      console.log(`${name} ${against}`);
      console.log(header);
      const cases: Measured[] = [];
      for (const model of options.models) {
        for (const kind of options.kinds) {
          const measured = await measure(bench, model, kind);
          cases.push(measured);
          console.log(line(measured));
        }
      }
      const steady = await steadiness(bench, options.steady);
      const report = peer?.report ?? null;
      return { engine: name, peer: report, threads, peakGflops: peak, cases, steady };
    } finally {
      ours.end();
      peer?.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

function line(measured: Measured): string {
  const { ratio, shareOfPeak, peerStepsPerSecond, compiled } = measured;
  const fixed = (value: number | null) => value?.toFixed(2) ?? "–";
  const ratios = ratio
    ? `${fixed(ratio.median)} (${fixed(ratio.min)}–${fixed(ratio.max)})`
    : fixed(null);
  const megabytes = (bytes: number | null) =>
    bytes === null ? "–" : `${Math.round(bytes / 1e6)} MB`;
  const share = shareOfPeak === null ? "–" : `${(100 * shareOfPeak).toFixed(0)} %`;
  return [
    measured.model.padEnd(6),
    measured.case.padEnd(9),
    measured.stepsPerSecond.toFixed(2).padStart(7),
    fixed(peerStepsPerSecond).padStart(8),
    ` ${ratios}`.padEnd(20),
    measured.tokensPerSecond.toFixed(0).padStart(8),
    measured.gflops.toFixed(1).padStart(8),
    share.padStart(8),
    ` ${megabytes(measured.peakMemoryBytes)} (${megabytes(measured.peerPeakMemoryBytes)})`,
    compiled ? ` torch.compile ${compiled.peerStepsPerSecond.toFixed(2)}` : "",
  ].join(" ");
}
