import { SingleBar } from "cli-progress";
import type { RunState } from "../api/answers.js";
import type { Watcher } from "./follow.js";

export interface ProgressView<State> extends Watcher<State> {
  stop(): void;
}

/** What a person is shown of a state. */
export interface ProgressLine {
  /** 0–1. */
  fraction: number;
  what: string;
  /** How long it will take; empty where that is not known. */
  left: string;
  /** A new one is said at once. */
  stage: string;
}

const lineEvery = 10_000;

/** A bar with the time left on a terminal; elsewhere a line every ten seconds and at each stage. */
export function showProgress<State>(
  out: NodeJS.WriteStream,
  describe: (state: State) => ProgressLine,
): ProgressView<State> {
  return out.isTTY ? bar(out, describe) : lines(out, describe);
}

function bar<State>(
  out: NodeJS.WriteStream,
  describe: (state: State) => ProgressLine,
): ProgressView<State> {
  const format = "{bar} {percentage}%  {what}  {left}";
  const view = new SingleBar({
    format,
    stream: out,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    gracefulExit: false,
  });
  view.start(1000, 0, { what: "starting", left: "" });
  return {
    state: (state) => {
      const { fraction, what, left } = describe(state);
      view.update(Math.round(fraction * 1000), { what, left });
    },
    lost: (reason) => view.update({ what: `connection lost, trying again (${reason})`, left: "" }),
    stop: () => view.stop(),
  };
}

function lines<State>(
  out: NodeJS.WriteStream,
  describe: (state: State) => ProgressLine,
): ProgressView<State> {
  let latest: ProgressLine | undefined;
  let said = "";
  const say = ({ fraction, what, left, stage }: ProgressLine) => {
    said = stage;
    out.write(`${(fraction * 100).toFixed(0).padStart(3)}%  ${what}  ${left}\n`);
  };
  const timer = setInterval(() => {
    if (latest !== undefined) say(latest);
  }, lineEvery);
  return {
    state(state) {
      latest = describe(state);
      if (latest.stage !== said) say(latest);
    },
    lost: (reason) => out.write(`connection lost, trying again (${reason})\n`),
    stop: () => clearInterval(timer),
  };
}

/** A run, for a person. */
export function runLine(run: RunState): ProgressLine {
  const { status, progress } = run;
  return {
    fraction: progress.fraction,
    what: what(run),
    left: status === "RUNNING" ? timeLeft(progress.etaSeconds) : "",
    stage: `${status} ${progress.phase}`,
  };
}

const phases = {
  PREPARING: "preparing",
  SUPERNET: "super-net, step",
  SEARCHING: "candidate",
  FINISHED: "finished",
} as const;

function what({ status, progress, bestArchitecture }: RunState): string {
  const { phase, done, total } = progress;
  const count = phase === "SUPERNET" || phase === "SEARCHING" ? ` ${done} of ${total}` : "";
  const best = bestArchitecture?.score ?? null;
  const state = status === "PAUSED" ? "paused, " : "";
  return `${state}${phases[phase]}${count}${best === null ? "" : `, best ${best.toFixed(2)}`}`;
}

/** "3 min 05 s left", or nothing. */
export function timeLeft(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? "" : `${duration(seconds)} left`;
}

/** Seconds as a person says them: 42 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
