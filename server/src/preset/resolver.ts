import { candidateCount, presets } from "@opnas/core";
import { Query, Resolver } from "type-graphql";
import { Preset } from "./types.js";
import { UsualLength } from "../http/cost.js";

@Resolver()
export class PresetResolver {
  @UsualLength(8)
  @Query(() => [Preset], { description: "All presets, the cheapest first." })
  presets(): Preset[] {
    return presets.map((preset) => ({
      ...preset,
      typedSettings: preset.settings,
      candidates: candidateCount(preset.settings),
    }));
  }
}
