import type { Architecture, SearchSettings } from "@opnas/core";
import type { CandidateResult } from "@opnas/worker/internals";
import { item } from "../common/items.ts";
import { kendall, mean, meanCorrelation } from "../common/statistics.ts";

/** A candidate's result and how long it took. */
export type TimedResult = CandidateResult & { seconds: number };

/** An architecture's results by seed. */
export interface ArchitectureRuns {
  key: string;
  architecture: Architecture;
  bySeed: TimedResult[];
}

/** A correlation over all architectures, and over those that learned under every seed. */
export interface Agreement {
  all: number | null;
  learners: number | null;
}

/** Everything measured: one architecture's runs are as many as there are seeds. */
interface Measured {
  runs: readonly ArchitectureRuns[];
  /** Results of training alone in the same order, or none. */
  alone: readonly TimedResult[];
  aloneSteps: number;
  superNetSeconds: readonly number[];
  settings: SearchSettings;
}

export type Summary = ReturnType<typeof summarise>;

/** A diverged candidate has no loss; it counts as this one, in nats, worse than any other. */
const worstLoss = 99;

const isStable = ({ stability }: TimedResult) => stability === "STABLE";

/**
 * Summarises what the bench found: agreement between the seeds for the score and each task, the best
 * candidate beside the baselines, seconds, and everything measured.
 */
export function summarise({ runs, alone, aloneSteps, superNetSeconds, settings }: Measured) {
  const seeds = item(runs, 0).bySeed;
  const learners = runs.filter(({ bySeed }) => bySeed.every(isStable));
  const agreement = (pick: (result: TimedResult) => number): Agreement => {
    const among = (some: readonly ArchitectureRuns[]) =>
      meanCorrelation(seeds.map((_, at) => some.map(({ bySeed }) => pick(item(bySeed, at)))));
    return { all: among(runs), learners: among(learners) };
  };
  const evaluations = runs.flatMap(({ bySeed }) => bySeed);
  const best = evaluations.reduce((a, b) => (b.score > a.score ? b : a));
  const tasks = settings.tasks.map((task, at) => {
    const scoreOf = ({ taskScores }: TimedResult) => item(taskScores, at).score;
    const scores = evaluations.map(scoreOf);
    const { majority, ngram } = item(best.taskScores, at);
    const figures = {
      seedCorrelation: agreement(scoreOf),
      mean: mean(scores),
      highest: Math.max(...scores),
      ofBest: scoreOf(best),
      majority,
      ngram,
    };
    return [task, figures] as const;
  });
  const timing = (pick: (result: TimedResult) => number) => mean(evaluations.map(pick));
  return {
    architectures: runs.length,
    learners: learners.length,
    seeds: seeds.length,
    seedCorrelation: agreement(({ score }) => score),
    heldOutLossCorrelation: agreement(({ heldOutLoss }) => heldOutLoss ?? worstLoss),
    best: {
      score: best.score,
      heldOutLoss: best.heldOutLoss,
      heldOutAccuracy: best.heldOutAccuracy,
    },
    tasks: Object.fromEntries(tasks),
    seconds: {
      superNet: superNetSeconds,
      candidate: timing(({ seconds }) => seconds),
      train: timing(({ timings }) => timings.trainSeconds),
      fineTune: timing(({ timings }) => timings.fineTuneSeconds),
      score: timing(({ timings }) => timings.scoreSeconds),
    },
    settings,
    runs,
    alone: alone.length === 0 ? undefined : agreementWithAlone(runs, alone, aloneSteps),
  };
}

/** Returns how the ranking by inherited weights (of the first seed) agrees with that by training alone. */
function agreementWithAlone(
  runs: readonly ArchitectureRuns[],
  alone: readonly TimedResult[],
  steps: number,
) {
  const pairs = runs.map(({ bySeed }, at) => {
    return { inherited: item(bySeed, 0), alone: item(alone, at) };
  });
  const learners = pairs.filter((pair) => isStable(pair.inherited) && isStable(pair.alone));
  const both = (pick: (result: TimedResult) => number): Agreement => {
    const tau = (among: typeof pairs) =>
      kendall(
        among.map(({ inherited }) => pick(inherited)),
        among.map(({ alone }) => pick(alone)),
      );
    return { all: tau(pairs), learners: tau(learners) };
  };
  return {
    steps,
    kendallScore: both(({ score }) => score),
    kendallHeldOutLoss: both(({ heldOutLoss }) => heldOutLoss ?? worstLoss),
    secondsPerCandidate: mean(alone.map(({ seconds }) => seconds)),
    runs: alone,
  };
}
