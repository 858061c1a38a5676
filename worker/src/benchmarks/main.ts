import { toOpnasError } from "@opnas/core";
import { benchmark } from "./command.js";
import { usage } from "./options.js";

/** The first Ctrl-C stops between two steps; the second ends the process at once, as usual. */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const argv = process.argv.slice(2);
if (argv.length === 0 || argv.includes("--help")) console.log(usage);
else {
  const lines = { print: console.log, note: console.error };
  benchmark(argv, lines, stop.signal).catch((error: unknown) => {
    const { code, message } = toOpnasError(error);
    console.error(code === "INTERNAL" ? error : `${message} [${code}]`);
    process.exitCode = code === "STOPPED" ? 130 : 1;
  });
}
