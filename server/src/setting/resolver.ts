import { describeSettings, type SettingDescription as SettingInfo } from "@opnas/core";
import { Arg, Query, Resolver } from "type-graphql";
import { SettingDescription, SettingKind } from "./types.js";
import { UsualLength } from "../http/cost.js";

@Resolver()
export class SettingResolver {
  @UsualLength(80)
  @Query(() => [SettingDescription], {
    description: "Every setting of a kind, in the order of its schema.",
  })
  settingDescriptions(
    @Arg("kind", () => SettingKind, { description: "The kind of settings." }) kind: SettingKind,
  ): SettingInfo[] {
    return describeSettings(kind);
  }
}
