import type { Architecture } from "../architecture/schema.js";
import type { SearchSettings, StrategyName } from "../settings.js";
import { backboneSpace } from "./backboneSpace.js";
import { evolution } from "./evolution.js";
import { opnas } from "./opnas.js";
import { randomSearch } from "./randomSearch.js";
import { reinforcement } from "./reinforcement.js";
import type { SearchContext, Strategy } from "./strategy.js";

/** Every strategy by its name in the settings. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  opnas,
  evolution,
  random: randomSearch,
  reinforcement,
};

/** The context of a run over backbones of the settings' depth. */
export function searchContext(settings: SearchSettings, seed: number): SearchContext<Architecture> {
  return { space: backboneSpace(settings.size.layers, settings.mutation), settings, seed };
}
