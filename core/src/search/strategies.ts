import { flops, parameterCount } from "../architecture/cost.js";
import type { Architecture } from "../architecture/schema.js";
import type { StrategyName } from "../settings/names.js";
import type { SearchSettings } from "../settings/search.js";
import { backboneSpace } from "./backboneSpace.js";
import { evolution } from "./evolution.js";
import { localSearch } from "./localSearch.js";
import { opnas } from "./opnas.js";
import { opnasPaper } from "./opnasPaper.js";
import { randomSearch } from "./randomSearch.js";
import { reinforcement } from "./reinforcement.js";
import type { SearchContext, Strategy } from "./strategy.js";
import { constrainedSpace } from "./constrainedSpace.js";
import { tpe } from "./tpe.js";

/** The strategies by their names in the settings. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  opnas,
  "opnas-paper": opnasPaper,
  evolution,
  "local-search": localSearch,
  tpe,
  random: randomSearch,
  reinforcement,
};

/** Returns the context of a run over backbones of the settings' depth, within the settings' limits. */
export function searchContext(settings: SearchSettings, seed: number): SearchContext<Architecture> {
  const { size, mutation, limits } = settings;
  const whole = backboneSpace(size.layers, mutation);
  const isLimited = limits.parameters !== null || limits.flops !== null;
  const space = isLimited ? constrainedSpace(whole, (one) => meetsLimits(one, settings)) : whole;
  return { space, settings, seed };
}

/** Returns true if a legal backbone costs no more than the settings' limits. */
export function meetsLimits(
  architecture: Architecture,
  { size, limits }: Pick<SearchSettings, "size" | "limits">,
): boolean {
  const { parameters, flops: operations } = limits;
  return (
    (parameters === null || parameterCount(architecture, size) <= parameters) &&
    (operations === null || flops(architecture, size) <= operations)
  );
}
