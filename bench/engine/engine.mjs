/**
 * Training steps of ours against PyTorch's: same machine, same model, same batches, same threads,
 * taking turns. Refuses to time two programs whose first losses differ.
 *
 *   npm run bench:engine -- --json FILE [--engine auto] [--threads 2] [--rounds 5] [--seconds 2]
 *     [--models mini,small] [--kinds bert,superNet,autobert] [--compile] [--steady 0]
 *
 * `--compile` also times torch.compile; `--steady N` also trains N super-net steps of the model
 * `tiny` and tells tensors and memory on the way, which must not grow.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { spread } from "../spread.mjs";
import { architecturesOf, flopsOf, kinds, learningRate, models } from "./cases.mjs";
import { startOurs, startPeer } from "./sides.mjs";
import { installedTorch } from "./torch.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    engine: { type: "string", default: "auto" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    models: { type: "string", default: "mini,small" },
    kinds: { type: "string", default: kinds.join() },
    compile: { type: "boolean", default: false },
    steady: { type: "string", default: "0" },
  },
});

const comparedSteps = 5;
/** Relative; float32 sums in another order differ by less after five steps. */
const tolerance = 1e-4;

const say = (text) => console.error(text);
const threads = Number(options.threads);
const folder = await mkdtemp(path.join(tmpdir(), "opnas-engine-"));
const ours = await startOurs(options.engine, threads);
const peer = await startPeer(await installedTorch(say), threads);
try {
  const engine = `${ours.report.name} ${ours.report.version}, ${threads} threads`;
  const peak = await peer.ask({ ask: "peak" });
  console.log(`${engine} against ${peer.report}; matrix products reach ${peak.toFixed(0)} GFLOP/s`);
  console.log(header());
  const cases = [];
  for (const model of options.models.split(",")) {
    for (const kind of options.kinds.split(",")) {
      const measured = await measure(model, kind, peak);
      cases.push(measured);
      console.log(line(measured));
    }
  }
  const steady = await steadiness(Number(options.steady));
  if (options.json) {
    const record = { engine, peer: peer.report, threads, peakGflops: peak, cases, steady };
    await writeFile(options.json, `${JSON.stringify(record, null, 2)}\n`);
  }
} finally {
  ours.end();
  peer.end();
  await rm(folder, { recursive: true, force: true });
}

async function measure(model, kind, peak) {
  const file = path.join(folder, `${model}-${kind}.safetensors`);
  const { size, batch } = models[model];
  const steps = architecturesOf(kind, size);
  await ours.ask({ ask: "prepare", model, kind, file });
  const request = { ask: "prepare", file, steps, heads: size.heads, learningRate };
  await peer.ask(request);
  await compareLosses(model, kind);
  const convolution = await peer.ask({ ask: "choose", count: 3 });

  const counts = [await fitting(ours), await fitting(peer)];
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const speeds = [];
    for (const [side, { ask }] of [ours, peer].entries()) {
      speeds.push(counts[side] / (await ask({ ask: "run", count: counts[side] })));
    }
    rounds.push(speeds);
  }
  const ratio = spread(rounds.map(([own, other]) => own / other));
  const stepsPerSecond = spread(rounds.map(([own]) => own)).median;
  const gflops = (flopsOf(steps, models[model]) * stepsPerSecond) / 1e9;
  const [memory, peerMemory] = [
    await ours.ask({ ask: "memory" }),
    await peer.ask({ ask: "memory" }),
  ];
  return {
    model,
    case: kind,
    engine: ours.report.name,
    stepsPerSecond,
    peerStepsPerSecond: spread(rounds.map(([, other]) => other)).median,
    ratio,
    tokensPerSecond: stepsPerSecond * batch * size.length,
    gflops,
    shareOfPeak: gflops / peak,
    peakMemoryBytes: memory.bytes,
    peerPeakMemoryBytes: peerMemory.bytes,
    tensors: memory.tensors,
    peerConvolution: convolution,
    ...(options.compile && kind !== "superNet" && { compiled: await compiled(counts[1]) }),
  };
}

/** Tensors and resident memory of our side after every tenth of so many super-net steps. */
async function steadiness(steps) {
  if (steps === 0) return [];
  const file = path.join(folder, "steady.safetensors");
  await ours.ask({ ask: "prepare", model: "tiny", kind: "superNet", file });
  const marks = [];
  for (let part = 1; part <= 10; part++) {
    await ours.ask({ ask: "run", count: Math.round(steps / 10) });
    const { residentBytes, tensors } = await ours.ask({ ask: "memory" });
    marks.push({ steps: Math.round((steps / 10) * part), residentBytes, tensors });
    say(`${marks.at(-1).steps} steps: ${tensors} tensors, ${Math.round(residentBytes / 1e6)} MB`);
  }
  return marks;
}

/** Both sides from the same weights over the same batches. */
async function compareLosses(model, kind) {
  const request = { ask: "losses", count: comparedSteps };
  const [own, other] = [await ours.ask(request), await peer.ask(request)];
  const apart = own.map((loss, step) => Math.abs(loss - other[step]) / other[step]);
  if (apart.some((each) => !(each < tolerance))) {
    throw new Error(
      `${model} ${kind}: the two programs differ, so there is nothing to time. Ours ${own.join(" ")}, PyTorch's ${other.join(" ")}.`,
    );
  }
}

/** Steps that take about the wanted seconds, after a warm-up of as many. */
async function fitting({ ask }) {
  await ask({ ask: "run", count: 5 });
  const seconds = await ask({ ask: "run", count: 5 });
  const count = Math.max(3, Math.round((5 * Number(options.seconds)) / seconds));
  await ask({ ask: "run", count });
  return count;
}

/** PyTorch's compiler, where it works: the mark to aim at later. */
async function compiled(count) {
  await peer.ask({ ask: "compile", count: 10 });
  return { peerStepsPerSecond: count / (await peer.ask({ ask: "run", count })) };
}

function header() {
  return "model  case      steps/s  PyTorch  ratio (min–max)     tokens/s  GFLOP/s  of peak  memory (PyTorch)";
}

function line(measured) {
  const { ratio, compiled: fast } = measured;
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  return [
    measured.model.padEnd(6),
    measured.case.padEnd(9),
    measured.stepsPerSecond.toFixed(2).padStart(7),
    measured.peerStepsPerSecond.toFixed(2).padStart(8),
    ` ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`.padEnd(20),
    measured.tokensPerSecond.toFixed(0).padStart(8),
    measured.gflops.toFixed(1).padStart(8),
    `${(100 * measured.shareOfPeak).toFixed(0)} %`.padStart(8),
    ` ${megabytes(measured.peakMemoryBytes)} (${megabytes(measured.peerPeakMemoryBytes)})`,
    fast ? ` torch.compile ${fast.peerStepsPerSecond.toFixed(2)}` : "",
  ].join(" ");
}
