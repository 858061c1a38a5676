import { z } from "zod";
import { OpnasError } from "../errors.js";
import { presetNamed } from "../presets.js";
import { searchSettingsSchema } from "../settings/search.js";
import { whenValid } from "../validation.js";
import type { StrategySettings } from "./strategy.js";

const { shape } = searchSettingsSchema;

/** The settings that strategies read; docs/settings.md describes each. */
export const strategySettingsSchema = z
  .strictObject({
    population: shape.population,
    parents: shape.parents,
    childrenPerParent: shape.childrenPerParent,
    generations: shape.generations,
    inFlight: shape.inFlight,
    survivors: shape.survivors,
    tournament: shape.tournament,
    scoreUnit: shape.scoreUnit,
    ucb: shape.ucb,
    screening: shape.screening,
    reinforcement: shape.reinforcement,
  })
  .refine(({ parents, population }) => parents <= population, {
    error: "parents must not exceed population",
    path: ["parents"],
    when: whenValid,
  });

/**
 * Returns the settings of a strategy for any space: those of the preset `tiny`, which has
 * a first population of 6, spread over the space, and 4 children in a generation, with some changed. Of the groups `ucb`,
 * `screening` and `reinforcement`, single settings can be changed.
 *
 * @throws OpnasError BAD_SETTING that names each setting that is unknown or out of its range
 */
export function strategySettings(changes: StrategyChanges = {}): StrategySettings {
  const { settings } = presetNamed("tiny");
  const { ucb, screening, reinforcement, ...rest } = changes;
  const result = strategySettingsSchema.safeParse({
    population: settings.population,
    parents: settings.parents,
    childrenPerParent: settings.childrenPerParent,
    generations: settings.generations,
    inFlight: settings.inFlight,
    survivors: settings.survivors,
    tournament: settings.tournament,
    scoreUnit: settings.scoreUnit,
    ...rest,
    ucb: { ...settings.ucb, ...ucb },
    screening: { ...settings.screening, ...screening },
    reinforcement: { ...settings.reinforcement, ...reinforcement },
  });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new OpnasError("BAD_SETTING", `The search's settings are wrong. ${problems.join("; ")}.`);
}

/** The settings that a search is to have instead of the usual ones. */
export type StrategyChanges = Partial<
  Omit<StrategySettings, "ucb" | "screening" | "reinforcement">
> & {
  ucb?: Partial<StrategySettings["ucb"]>;
  screening?: Partial<StrategySettings["screening"]>;
  reinforcement?: Partial<StrategySettings["reinforcement"]>;
};
