/** The chart of `npm run bench:strategies -- --json FILE`: best score so far, with intervals. */
export function strategiesChart({ strategies, targets, settings }) {
  const values = Object.entries(strategies).flatMap(([strategy, { curve }]) =>
    curve
      .map((each, index) => ({ strategy, evaluations: index + 1, ...each }))
      // Before that all sample alike.
      .filter(({ evaluations }) => evaluations >= settings.population),
  );
  const x = {
    field: "evaluations",
    type: "quantitative",
    title: "architectures evaluated",
    scale: { type: "log", nice: false },
  };
  const color = { field: "strategy", type: "nominal", sort: Object.keys(strategies) };
  const scale = { zero: false };
  return {
    title: "Best score so far on the record of truth: median of the seeds, 95 % interval",
    layer: [
      {
        data: { values },
        mark: { type: "area", opacity: 0.2 },
        encoding: {
          x,
          color,
          y: { field: "low", type: "quantitative", title: "best score so far", scale },
          y2: { field: "high" },
        },
      },
      {
        data: { values },
        mark: "line",
        encoding: { x, color, y: { field: "median", type: "quantitative", scale } },
      },
      {
        data: { values: [{ score: targets.randomsBest }] },
        mark: { type: "rule", strokeDash: [4, 4] },
        encoding: { y: { field: "score", type: "quantitative" } },
      },
    ],
  };
}
