import type { Round } from "./round.ts";

/** Counts what came out of the rounds: how many ended equal, what struck, and how long recovering took. */
export function summaryOf(rounds: readonly Round[]) {
  const sorted = rounds.flatMap(({ recoverySeconds }) => recoverySeconds).sort((a, b) => a - b);
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
  const kills: Record<string, number> = {};
  for (const kind of rounds.flatMap(({ struck }) => struck)) kills[kind] = (kills[kind] ?? 0) + 1;
  const sum = (of: (round: Round) => number) =>
    rounds.reduce((total, round) => total + of(round), 0);
  return {
    rounds: rounds.length,
    equal: rounds.filter(({ isEqual }) => isEqual).length,
    kills,
    recoverySeconds: { median: quantile(0.5), p95: quantile(0.95), max: sorted.at(-1) ?? null },
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
  };
}
