const quantitative = (field, title) => {
  return { field, type: "quantitative", title, scale: { zero: false } };
};

/** The chart of a record: each architecture's score under one seed against that under the other. */
export function recordChart({ entries }) {
  const values = entries.map(({ name, runs: [first, second] }) => ({
    first: first.score,
    second: second.score,
    kind: name === undefined ? "random" : "named",
  }));
  return {
    title: "Scores trained alone, one seed against another",
    data: { values },
    mark: { type: "point", opacity: 0.6 },
    encoding: {
      x: quantitative("first", "score, seed 1"),
      y: quantitative("second", "score, seed 2"),
      color: { field: "kind", type: "nominal" },
    },
  };
}

/** The chart of `npm run bench:biws -- --json FILE`: scores with inherited weights against alone. */
export function biwsChart({ scores }) {
  const values = scores.flatMap(({ alone, biws, oneBranch }) => [
    { alone, inherited: mean(biws), superNet: "two branches a step" },
    { alone, inherited: mean(oneBranch), superNet: "one branch a step" },
  ]);
  return {
    title: "Score with inherited weights against score trained alone",
    data: { values },
    mark: { type: "point", opacity: 0.7 },
    encoding: {
      x: quantitative("alone", "score trained alone"),
      y: quantitative("inherited", "score with inherited weights"),
      color: { field: "superNet", type: "nominal", sort: ["two branches a step"] },
    },
  };
}

const mean = (results) => results.reduce((sum, { score }) => sum + score, 0) / results.length;
