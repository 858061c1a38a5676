import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";

/** The kinds of settings; the values are those of core's `describeSettings`. */
export enum SettingKind {
  SEARCH = "search",
  PRETRAINING = "pretraining",
}
registerEnumType(SettingKind, {
  name: "SettingKind",
  description: "The kind of work that settings are for.",
  valuesConfig: {
    SEARCH: { description: "Settings of a search: StartSearchInput.settings." },
    PRETRAINING: { description: "Settings of a full pre-training: PretrainInput.settings." },
  },
});

@ObjectType({ description: "One setting, in words and numbers for a form or a help text." })
export class SettingDescription {
  @Field(() => String, {
    description: "The names that lead to the setting, joined by dots, such as superNet.steps.",
  })
  path!: string;

  @Field(() => String, { description: "A short label." })
  title!: string;

  @Field(() => String, {
    description: "A sentence with the unit and the meaning of the range's ends.",
  })
  description!: string;

  @Field(() => String, {
    description: "The type of the value: integer, number, boolean, string, choice or list.",
  })
  type!: string;

  @Field(() => Float, {
    nullable: true,
    description: "The least number allowed. Null if there is none.",
  })
  minimum!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The greatest number allowed. Null if there is none.",
  })
  maximum!: number | null;

  @Field(() => [String], {
    nullable: true,
    description: "The values of a choice, or of the items of a list. Null if any are allowed.",
  })
  choices!: string[] | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "The value where none is given. Null if there is none, or if it is null.",
  })
  default!: unknown;

  @Field(() => Boolean, {
    description: "True if null is allowed; the description says what null means.",
  })
  nullable!: boolean;
}
