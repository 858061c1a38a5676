import { readFileSync } from "node:fs";
import { mean } from "simple-statistics";
import { expect, test } from "vitest";
import { presetNamed } from "../presets.js";
import { stream } from "../random.js";
import type { SearchSpace } from "./searchSpace.js";
import { strategies } from "./strategies.js";
import type { Candidate, Strategy, StrategySettings } from "./strategy.js";

/** The space of cells with six edges, each with one of five operations. */
const operations = ["none", "skip", "conv 1", "conv 3", "pool"];
const space: SearchSpace<string[]> = {
  operations: { operation: operations, kernel: [] },
  sample: (random) => Array.from({ length: 6 }, () => random.pick(operations)),
  key: (cell) => cell.join("|"),
  features: (cell) =>
    cell.map((operation, position) => ({ kind: "operation", position, operation })),
  mutate: (cell, choose, random) => {
    const position = random.int(cell.length);
    const others = operations.filter((operation) => operation !== cell[position]);
    const chosen = choose({ kind: "operation", position }, others, random);
    return { architecture: cell.with(position, chosen), description: `${chosen} at ${position}` };
  },
};

/** Searches the space as the platform does, one generation after the other. */
function search(
  strategy: Strategy,
  scoreOf: (cell: string[]) => number,
  settings: StrategySettings,
  seed: number,
): Candidate<string[]>[] {
  const context = { space, settings, seed };
  const history: Candidate<string[]>[] = [];
  for (let generation = 0; generation <= settings.generations; generation++) {
    const { children } =
      generation === 0 ? strategy.initial(context) : strategy.next(history, generation, context);
    for (const [index, { architecture, key }] of children.entries()) {
      history.push({ architecture, key, score: scoreOf(architecture), generation, index });
    }
  }
  return history;
}

const { settings: tiny } = presetNamed("tiny-linear");

/** A table of scores from 0 to 1: what each edge holds adds to it, and some neighbours disagree. */
function scoreOf(cell: readonly string[]): number {
  const worth = (operation: string, edge: number) => stream(1, operation, edge).next() / 6;
  const clash = (edge: number) => (cell[edge] === cell[edge + 1] ? 0.05 : 0);
  return cell.reduce((sum, operation, edge) => sum + worth(operation, edge) - clash(edge), 0);
}

test("SearchSpace's doc comment has the example's space", () => {
  const comment = readFileSync(new URL("searchSpace.ts", import.meta.url), "utf8");
  const source = readFileSync(import.meta.filename, "utf8");
  const [example = ""] = /const operations = [^]*?\n};\n/.exec(source) ?? [];
  expect(example).toContain("mutate:");
  expect(comment.replaceAll(/^ \* ?/gm, "")).toContain(example);
});

test("every strategy searches the example's space, and those that use scores beat random sampling", () => {
  const best = (strategy: Strategy) =>
    mean(
      [1, 2, 3, 4, 5, 6].map((seed) =>
        Math.max(...search(strategy, scoreOf, tiny, seed).map(({ score }) => score)),
      ),
    );
  const found = Object.entries(strategies).map(
    ([name, strategy]) => [name, best(strategy)] as const,
  );
  const random = best(strategies.random);
  for (const [name, score] of found)
    if (name !== "random") expect(score, name).toBeGreaterThan(random);
});
