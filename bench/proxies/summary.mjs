import { kendall, mean, meanCorrelation } from "../pool/statistics.mjs";

/**
 * What the bench found: agreement between the seeds for the score and each task, the best
 * candidate beside the baselines, seconds, and everything measured.
 *
 * @param runs per architecture its results by seed (`bySeed`)
 * @param alone results of training alone in the same order, or none
 */
export function summarise({ runs, alone, aloneSteps, superNetSeconds, settings, ...rest }) {
  const seeds = runs[0].bySeed;
  const learners = runs.filter(({ bySeed }) =>
    bySeed.every(({ stability }) => stability === "STABLE"),
  );
  const agreement = (pick) => ({
    all: meanCorrelation(seeds.map((_, at) => runs.map(({ bySeed }) => pick(bySeed[at])))),
    learners: meanCorrelation(seeds.map((_, at) => learners.map(({ bySeed }) => pick(bySeed[at])))),
  });
  const best = runs.flatMap(({ bySeed }) => bySeed).reduce((a, b) => (b.score > a.score ? b : a));
  const tasks = settings.tasks.map((task, at) => {
    const scores = runs.flatMap(({ bySeed }) =>
      bySeed.map(({ taskScores }) => taskScores[at].score),
    );
    const { majority, ngram } = best.taskScores[at];
    return [
      task,
      {
        seedCorrelation: agreement(({ taskScores }) => taskScores[at].score),
        mean: mean(scores),
        highest: Math.max(...scores),
        ofBest: best.taskScores[at].score,
        majority,
        ngram,
      },
    ];
  });
  const evaluations = runs.flatMap(({ bySeed }) => bySeed);
  const timing = (pick) => mean(evaluations.map(pick));
  return {
    ...rest,
    architectures: runs.length,
    learners: learners.length,
    seeds: seeds.length,
    seedCorrelation: agreement(({ score }) => score),
    heldOutLossCorrelation: agreement(({ heldOutLoss }) => heldOutLoss ?? 99),
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

/** How the ranking by inherited weights (of the first seed) agrees with that by training alone. */
function agreementWithAlone(runs, alone, steps) {
  const pairs = runs.map(({ bySeed }, at) => [bySeed[0], alone[at]]);
  const tau = (pick, of) => kendall(...[0, 1].map((side) => of.map((pair) => pick(pair[side]))));
  const learners = pairs.filter((pair) => pair.every(({ stability }) => stability === "STABLE"));
  const both = (pick) => ({ all: tau(pick, pairs), learners: tau(pick, learners) });
  return {
    steps,
    kendallScore: both(({ score }) => score),
    kendallHeldOutLoss: both(({ heldOutLoss }) => heldOutLoss ?? 99),
    secondsPerCandidate: mean(alone.map(({ seconds }) => seconds)),
    runs: alone,
  };
}
