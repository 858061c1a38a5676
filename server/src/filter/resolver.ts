import { Arg, Field, ObjectType, Query, Resolver } from "type-graphql";
import { UsualLength } from "../http/cost.js";
import { leaderboardFields } from "../leaderboard/filterFields.js";
import { runFields } from "../run/filterFields.js";
import { ViewList } from "../view/types.js";

@ObjectType({ description: "A field that filters of docs/filter-language.md may name." })
export class FilterFieldDescription {
  @Field(() => String, { description: "The name." })
  name!: string;

  @Field(() => [String], { description: "Other names for the same." })
  aliases!: readonly string[];

  @Field(() => String, { description: "A sentence about what it is." })
  description!: string;

  @Field(() => String, { description: "Its values in words, such as “a number”." })
  values!: string;

  @Field(() => [String], {
    description: "The values that are known beforehand, as they are written; empty for others.",
  })
  choices!: readonly string[];

  @Field(() => [String], { description: "The comparisons that it takes, such as “>=”." })
  comparisons!: readonly string[];

  @Field(() => Boolean, {
    description: "True if the field by itself, without a comparison, is a condition.",
  })
  alone!: boolean;
}

@Resolver()
export class FilterResolver {
  @UsualLength(25)
  @Query(() => [FilterFieldDescription], {
    description: "The fields that filters of a list may name.",
  })
  filterFields(
    @Arg("list", () => ViewList, { description: "The list to be filtered." }) list: ViewList,
  ): FilterFieldDescription[] {
    const { fields } = list === "RUNS" ? runFields : leaderboardFields;
    return fields.map(({ name, aliases, description, kind }) => {
      const { label: values, choices = [], comparisons, alone } = kind;
      return { name, aliases, description, values, choices, comparisons, alone };
    });
  }
}
