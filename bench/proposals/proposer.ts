/** A process that proposes twice for the search that it is sent, as a worker does, and answers the times. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Proposals } from "@opnas/worker/internals";
import { nextGeneration, scoreOf, textOf } from "./history.ts";
import { requestSchema, type Reply, type Request, type Times } from "./protocol.ts";

process.once("message", (message: unknown) => {
  void measure(requestSchema.parse(message)).then((reply) => process.send?.(reply));
});

async function measure({ settings, seed, history }: Request): Promise<Reply> {
  const proposals = new Proposals();
  const reader = {
    rows: (from: number, before: number) =>
      Promise.resolve(history.filter(({ generation: one }) => one >= from && one < before)),
    pending: () => Promise.resolve([]),
    version: (before: number) => Promise.resolve(`before ${before}`),
  };
  const propose = () =>
    proposals.propose({ id: "measured", seed, settings }, nextGeneration(history), reader);

  const [first, { candidates }] = await timed(propose);
  const generation = nextGeneration(history);
  for (const [index, { architecture, key }] of candidates.entries()) {
    history.push({ ...textOf(architecture), key, score: scoreOf(key), generation, index });
  }
  const [next] = await timed(propose);
  await proposals.end();
  return { first, next };
}

/** Runs `act` and returns its times with its result. */
async function timed<T>(act: () => Promise<T>): Promise<[Times, T]> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await act();
  const { user, system } = process.cpuUsage(before);
  const wall = performance.now() - start;
  // Until the loop has turned once more, the last standstill is not in the histogram.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  const times = { wall, processor: (user + system) / 1000, standstill: delay.max / 1e6 };
  return [times, result];
}
