import { GraphQLJSON } from "graphql-scalars";
import type { SearchSettings as SearchSettingsValues } from "@opnas/core";
import { Field, Int, ObjectType } from "type-graphql";
import { SearchSettings } from "../setting/typed.js";

@ObjectType({ description: "Settings with a name, to start a search from." })
export class Preset {
  @Field(() => String, { description: "The preset's name, as StartSearchInput.preset takes it." })
  name!: string;

  @Field(() => String, { description: "The preset's title for people." })
  title!: string;

  @Field(() => String, { description: "A sentence on its purpose and duration." })
  description!: string;

  @Field(() => GraphQLJSON, {
    deprecationReason: "Read the typed field typedSettings.",
    description: "All its settings; see settingDescriptions for each of them.",
  })
  settings!: unknown;

  @Field(() => SearchSettings, { description: "All its settings." })
  typedSettings!: SearchSettingsValues;

  @Field(() => Int, {
    description: "The number of candidates that a search with it evaluates.",
  })
  candidates!: number;
}
