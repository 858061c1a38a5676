import { SingleBar } from "cli-progress";
import type { RunState } from "../api/answers.js";
import type { Watcher } from "./follow.js";

export interface ProgressView extends Watcher {
  stop(): void;
}

const lineEvery = 10_000;

/** A bar with the time left on a terminal; elsewhere a line every ten seconds and at each phase. */
export function showProgress(out: NodeJS.WriteStream): ProgressView {
  return out.isTTY ? bar(out) : lines(out);
}

function bar(out: NodeJS.WriteStream): ProgressView {
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
    state: (run) =>
      view.update(Math.round(run.progress.fraction * 1000), { what: what(run), left: left(run) }),
    lost: (reason) => view.update({ what: `connection lost, trying again (${reason})`, left: "" }),
    stop: () => view.stop(),
  };
}

function lines(out: NodeJS.WriteStream): ProgressView {
  let latest: RunState | undefined;
  let said = "";
  const say = (run: RunState) => {
    said = `${run.status} ${run.progress.phase}`;
    out.write(
      `${(run.progress.fraction * 100).toFixed(0).padStart(3)}%  ${what(run)}  ${left(run)}\n`,
    );
  };
  const timer = setInterval(() => {
    if (latest !== undefined) say(latest);
  }, lineEvery);
  return {
    state(run) {
      latest = run;
      if (`${run.status} ${run.progress.phase}` !== said) say(run);
    },
    lost: (reason) => out.write(`connection lost, trying again (${reason})\n`),
    stop: () => clearInterval(timer),
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

function left({ status, progress: { etaSeconds } }: RunState): string {
  if (status !== "RUNNING" || etaSeconds === null || etaSeconds === undefined) return "";
  return `${duration(etaSeconds)} left`;
}

/** Seconds as a person says them: 42 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
