/** Hostile requests to a real server; run by `npm run test:fuzz`. */
import { runBench, whole } from "../../bench/common/command.ts";
import { attack } from "./attack.ts";
import { Target } from "./target.ts";
import { Watch } from "./watch.ts";

const about = `Starts the built server with accounts on an embedded Postgres and sends hostile requests over HTTP and
WebSocket, made up from a seed: random operations of the schema with random arguments, broken documents and JSON, huge
and deep input, wrong types, garbage frames, slow readers, half-open connections, downloads. They come from a
researcher (by key and by browser), a viewer and an administrator of one team, from an expired key and from nobody.
Another team's rows change meanwhile, and each of its texts holds a mark. Counts answers of 5xx that are not given on
purpose, errors that are the server's own fault, ends of the process, and answers that hold a mark of another team's,
or for strangers of any; measures memory and how fast /health answers meanwhile. --lanes attackers ask side by side.
Ctrl-C ends with the figures of the requests that were sent.`;

/** Set by Ctrl-C. */
let isInterrupted = false;
process.once("SIGINT", () => (isInterrupted = true));

/** Milliseconds after which an answer of /health is a fault: as long as probes of orchestrators wait. */
const healthMilliseconds = 10_000;

await runBench(
  {
    name: "test:fuzz",
    about,
    options: {
      requests: whole(1).default(10_000),
      seed: whole(0).default(1),
      lanes: whole(1).default(8),
    },
    quick: { requests: "300", lanes: "4" },
  },
  async ({ requests, seed, lanes }) => {
    const target = await Target.start();
    try {
      const watch = new Watch(target);
      const started = performance.now();
      const verdict = await attack(target, { requests, seed, lanes, isOver: () => isInterrupted });
      const { memory, health } = await watch.stop();
      const { serverErrors, internal, leaks, samples } = verdict;
      const { crashes, errorLog } = target;
      const slow = health.filter((milliseconds) => milliseconds > healthMilliseconds).length;
      const figures = {
        requests: verdict.requests,
        serverErrors,
        internal: internal + errorLog.split("\n").filter(isError).length,
        crashes,
        leaks,
        seed,
        seconds: Math.round((performance.now() - started) / 1000),
        memory,
        health: { slow, p50: quantile(health, 0.5), p99: quantile(health, 0.99) },
      };
      console.log(JSON.stringify(figures, undefined, 2));
      if (serverErrors + figures.internal + crashes + leaks + slow > 0) process.exitCode = 1;
      return { ...figures, samples, errorLog: errorLog.slice(0, 20_000) };
    } finally {
      await target.stop();
    }
  },
);

/** Reports whether a line of the server's log tells of a fault of its own. */
function isError(line: string): boolean {
  return /Error [0-9a-f]{8}:|WebSocket|nhandled|FATAL/.test(line);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
}
