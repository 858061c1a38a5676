/** The summary for people, on stdout. */
export function print(summary) {
  const number = (value, digits = 1) => (value === null ? "–" : value.toFixed(digits));
  const { seedCorrelation, heldOutLossCorrelation, best, seconds } = summary;
  console.table(
    Object.fromEntries(
      Object.entries({
        ...summary.tasks,
        "proxy score": { seedCorrelation, ofBest: best.score },
        "held-out loss": { seedCorrelation: heldOutLossCorrelation, ofBest: best.heldOutLoss },
      }).map(([name, row]) => [
        name,
        {
          "r all": number(row.seedCorrelation.all, 2),
          "r learners": number(row.seedCorrelation.learners, 2),
          mean: number(row.mean ?? null),
          highest: number(row.highest ?? null),
          "of the best": number(row.ofBest, 2),
          majority: number(row.majority ?? null),
          "n-gram": number(row.ngram ?? null),
        },
      ]),
    ),
  );
  console.log(
    `${summary.architectures} architectures, ${summary.learners} learned under every seed; best: ` +
      `${(100 * best.heldOutAccuracy).toFixed(1)} % of held-out masked words`,
  );
  const superNets = seconds.superNet.map((each) => `${each.toFixed(0)} s`).join(", ");
  console.log(
    `super-nets ${superNets || "kept from before"}; a candidate ` +
      `${seconds.candidate.toFixed(1)} s (train ${seconds.train.toFixed(1)}, fine-tune ` +
      `${seconds.fineTune.toFixed(1)}, score ${seconds.score.toFixed(1)})`,
  );
  if (summary.alone) {
    const { steps, kendallScore, kendallHeldOutLoss, secondsPerCandidate } = summary.alone;
    const tau = ({ all, learners }) => `${number(all, 2)} (learners ${number(learners, 2)})`;
    console.log(
      `against ${steps} steps alone (${secondsPerCandidate.toFixed(1)} s each): Kendall tau of the ` +
        `score ${tau(kendallScore)}, of the held-out loss ${tau(kendallHeldOutLoss)}`,
    );
  }
}
