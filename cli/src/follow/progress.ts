import { SingleBar } from "cli-progress";
import { plain } from "../api/plain.js";
import type { Watcher } from "./follow.js";

/** A watcher that shows progress on a stream until it is stopped. */
export interface ProgressView<State> extends Watcher<State> {
  stop(): void;
}

/** A state as one line for a person. */
export interface ProgressLine {
  /** The part that is done, 0–1; null where nothing tells it. */
  fraction: number | null;
  what: string;
  /** The time left, e.g. "42 s left"; empty where it is not known. */
  left: string;
  /** The stage that the state belongs to; a new stage is printed at once. */
  stage: string;
}

/** Milliseconds between two printed lines of one stage. */
const lineInterval = 10_000;

/** Shows a bar with the time left on a terminal; elsewhere a line every ten seconds and at each stage. */
export function showProgress<State>(
  out: NodeJS.WriteStream,
  describe: (state: State) => ProgressLine,
): ProgressView<State> {
  const describePlain = (state: State) => {
    const line = describe(state);
    return { ...line, what: plain(line.what) };
  };
  return out.isTTY ? bar(out, describePlain) : lines(out, describePlain);
}

function bar<State>(
  out: NodeJS.WriteStream,
  describe: (state: State) => ProgressLine,
): ProgressView<State> {
  const format = "{bar} {share}  {what}  {left}";
  const view = new SingleBar({
    format,
    stream: out,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    gracefulExit: false,
  });
  view.start(1000, 0, { share: share(null), what: "starting", left: "" });
  return {
    state: (state) => {
      const { fraction, what, left } = describe(state);
      view.update(Math.round((fraction ?? 0) * 1000), { share: share(fraction), what, left });
    },
    lost: (reason) =>
      view.update({ what: `connection lost, trying again (${plain(reason)})`, left: "" }),
    stop: () => view.stop(),
  };
}

function lines<State>(
  out: NodeJS.WriteStream,
  describe: (state: State) => ProgressLine,
): ProgressView<State> {
  let latest: ProgressLine | undefined;
  let printedStage = "";
  const print = ({ fraction, what, left, stage }: ProgressLine) => {
    printedStage = stage;
    out.write(`${share(fraction)}  ${what}  ${left}\n`);
  };
  const timer = setInterval(() => {
    if (latest !== undefined) print(latest);
  }, lineInterval);
  return {
    state(state) {
      latest = describe(state);
      if (latest.stage !== printedStage) print(latest);
    },
    lost: (reason) => out.write(`connection lost, trying again (${plain(reason)})\n`),
    stop: () => clearInterval(timer),
  };
}

/** Formats the part that is done in four characters, e.g. " 42%". */
function share(fraction: number | null): string {
  return fraction === null ? "   …" : `${(fraction * 100).toFixed(0).padStart(3)}%`;
}

/** Formats the time left, e.g. "3 min 05 s left"; empty where it is not known. */
export function timeLeft(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? "" : `${duration(seconds)} left`;
}

/** Formats seconds for a person: 42 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
