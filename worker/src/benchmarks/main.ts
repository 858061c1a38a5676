import { describeError, toOpnasError } from "@opnas/core";
import { benchmark } from "./command.js";
import { usage } from "./options.js";
import { quickBenchmark } from "./quick.js";

/** The first Ctrl-C stops between two steps; the second ends the process at once, as usual. */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const argv = process.argv.slice(2);
if (argv.length === 0 || argv.includes("--help")) console.log(usage);
else {
  const lines = { print: console.log, note: console.error };
  const others = argv.filter((arg) => arg !== "--quick");
  const run = others.length < argv.length ? quickBenchmark : benchmark;
  run(others, lines, stop.signal).catch((error: unknown) => {
    console.error(describeError(error));
    process.exitCode = toOpnasError(error).code === "STOPPED" ? 130 : 1;
  });
}
