import type { Agreement, Summary } from "./summary.ts";

/** A row of the table; null or missing figures are shown as dashes. */
interface Row {
  seedCorrelation: Agreement;
  ofBest: number | null;
  mean?: number;
  highest?: number;
  majority?: number;
  ngram?: number;
}

const number = (value: number | null | undefined, digits = 1) => value?.toFixed(digits) ?? "–";

/** Prints a summary as a table. */
export function print(summary: Summary): void {
  const { seedCorrelation, heldOutLossCorrelation, best, seconds } = summary;
  const rows: [name: string, row: Row][] = [
    ...Object.entries(summary.tasks),
    ["proxy score", { seedCorrelation, ofBest: best.score }],
    ["held-out loss", { seedCorrelation: heldOutLossCorrelation, ofBest: best.heldOutLoss }],
  ];
  const columns = rows.map(([name, row]) => [
    name,
    {
      "r all": number(row.seedCorrelation.all, 2),
      "r learners": number(row.seedCorrelation.learners, 2),
      mean: number(row.mean),
      highest: number(row.highest),
      "of the best": number(row.ofBest, 2),
      majority: number(row.majority),
      "n-gram": number(row.ngram),
    },
  ]);
  console.table(Object.fromEntries(columns));
  const accuracy = best.heldOutAccuracy === null ? "–" : number(100 * best.heldOutAccuracy);
  console.log(
    `${summary.architectures} architectures, ${summary.learners} learned under every seed; best: ` +
      `${accuracy} % of held-out masked words`,
  );
  const superNets = seconds.superNet.map((each) => `${each.toFixed(0)} s`).join(", ");
  console.log(
    `super-nets ${superNets || "kept from before"}; a candidate ` +
      `${seconds.candidate.toFixed(1)} s (train ${seconds.train.toFixed(1)}, fine-tune ` +
      `${seconds.fineTune.toFixed(1)}, score ${seconds.score.toFixed(1)})`,
  );
  if (!summary.alone) return;
  const { steps, kendallScore, kendallHeldOutLoss, secondsPerCandidate } = summary.alone;
  const tau = ({ all, learners }: Agreement) =>
    `${number(all, 2)} (learners ${number(learners, 2)})`;
  console.log(
    `against ${steps} steps alone (${secondsPerCandidate.toFixed(1)} s each): Kendall tau of the ` +
      `score ${tau(kendallScore)}, of the held-out loss ${tau(kendallHeldOutLoss)}`,
  );
}
