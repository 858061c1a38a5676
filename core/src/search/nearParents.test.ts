import { describe, expect, test } from "vitest";
import { architectureKey } from "../architecture/key.js";
import type { Architecture } from "../architecture/schema.js";
import { presetNamed } from "../presets.js";
import { stream } from "../random.js";
import { searchSettingsSchema } from "../settings/search.js";
import { kindChangeProbability } from "./mutate.js";
import { searchContext, strategies } from "./strategies.js";
import type { Candidate, Proposal } from "./strategy.js";

const { settings } = presetNamed("tiny");

/**
 * Scores like those of real searches: convolutions of middle size are good, attention is somewhat
 * worse, and two evaluations of one architecture would differ by a point.
 */
function scoreOf(architecture: Architecture): number {
  const layers = architecture.layers.map((layer) => {
    if (layer.kind === "conv") return layer.kernelSize <= 15 ? 3 : 0;
    return layer.graph.nodes.some(({ op }) => op === "softmax") ? 1 : -1;
  });
  const noise = stream(1, architectureKey(architecture)).normal();
  return layers.reduce((sum, each) => sum + each, 52) + noise;
}

/** Searches by the preset and returns its mutated children with their parents. */
function children(seed: number): { child: Proposal<Architecture>; parent: Architecture }[] {
  const context = searchContext(settings, seed);
  const history: Candidate<Architecture>[] = [];
  const pairs: { child: Proposal<Architecture>; parent: Architecture }[] = [];
  for (let generation = 0; generation <= settings.generations; generation++) {
    const strategy = strategies[settings.strategy];
    const proposed =
      generation === 0 ? strategy.initial(context) : strategy.next(history, generation, context);
    const parents = new Map(history.map(({ key, architecture }) => [key, architecture]));
    for (const [index, child] of proposed.children.entries()) {
      const { architecture, key } = child;
      history.push({ architecture, key, score: scoreOf(architecture), generation, index });
      const parent = parents.get(child.parentKey ?? "");
      if (parent) pairs.push({ child, parent });
    }
  }
  return pairs;
}

const hasOtherKinds = (one: Architecture, other: Architecture) =>
  one.layers.some(({ kind }, index) => kind !== other.layers[index]?.kind);

describe("children of the preset by surrogate", () => {
  test(
    "are near their parents: most by one edit, few with another kind",
    { timeout: 60_000 },
    () => {
      const all = [1, 2].flatMap(children);
      expect(all.length).toBeGreaterThan(150);
      const changed = all.filter(({ child, parent }) => hasOtherKinds(child.architecture, parent));
      const once = all.filter(({ child }) => child.mutation?.split("; ").length === 1);
      expect(changed.length / all.length).toBeLessThan(0.25);
      expect(once.length / all.length).toBeGreaterThan(0.75);
    },
  );
});

describe("kind changes", () => {
  test.each([1, 3, 12, 24])("are as many in each child of %d layers", (layers) => {
    const { mutation } = settings;
    expect(layers * kindChangeProbability(mutation, layers)).toBeCloseTo(mutation.kindChanges);
  });

  test("have the probability by layer that older settings say", () => {
    const { edits, maxNodes, editWeights } = settings.mutation;
    const older = { layerKind: 0.2, edits, maxNodes, editWeights };
    const { mutation, screening } = searchSettingsSchema.parse({
      ...settings,
      mutation: older,
      screening: { draws: 16, alpha: 2 },
    });
    for (const layers of [1, 3, 24]) expect(kindChangeProbability(mutation, layers)).toBe(0.2);
    expect(screening).toEqual({ surrogate: "linear", draws: 16, alpha: 2, spread: 1 });
  });

  test("are at most all layers", () => {
    expect(kindChangeProbability({ kindChanges: 5, layerKind: 0.5 }, 3)).toBe(1);
  });
});
