import { GraphQLJSON } from "graphql-scalars";
import { ArgsType, Field, ID, InputType, Int } from "type-graphql";
import { OrderDirection, PageArguments } from "../pagination/types.js";
import { RunOrderField, RunStatus, RunVisibility, StrategyName } from "./enums.js";

@InputType({
  description: "Conditions on runs, all of which must hold. An absent one holds always.",
})
export class RunFilter {
  @Field(() => [RunStatus], {
    nullable: true,
    description: "The run is in one of these states.",
  })
  status?: RunStatus[] | null;

  @Field(() => String, {
    nullable: true,
    description: "The run was started from the preset of this name, up to 100 characters.",
  })
  preset?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The run's name contains this text, in upper or lower case; up to 200 characters.",
  })
  search?: string | null;

  @Field(() => [RunVisibility], {
    nullable: true,
    description:
      "The run is in one of these lists; by default CURRENT, which has neither archived nor deleted runs.",
  })
  visibility?: RunVisibility[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "The run has all of these tags, at most 20.",
  })
  tags?: string[] | null;

  @Field(() => StrategyName, { nullable: true, description: "The run's strategy is this one." })
  strategy?: StrategyName | null;

  @Field(() => ID, {
    nullable: true,
    description: "The run was started by the account of this id.",
  })
  ownerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The run is owned by the team of this id.",
  })
  teamId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A condition such as `status = done and bestScore > 55 and owner = me`, in the filter language of docs/filter-language.md, up to 2,000 characters. An error names the place of its fault in `extensions.filter`.",
  })
  query?: string | null;
}

@InputType({ description: "The order of a list of runs. In a tie the older comes first." })
export class RunOrder {
  @Field(() => RunOrderField, { description: "The value to sort by." })
  field!: RunOrderField;

  @Field(() => OrderDirection, { description: "The direction to sort in." })
  direction!: OrderDirection;
}

@ArgsType()
export class RunPageArguments extends PageArguments {
  @Field(() => RunFilter, {
    nullable: true,
    description: "Conditions on the runs; without it all but archived and deleted ones are listed.",
  })
  filter?: RunFilter | null;

  @Field(() => RunOrder, {
    nullable: true,
    description: "The order of the list; by default the newest comes first.",
  })
  orderBy?: RunOrder | null;
}

@InputType({ description: "A search to start." })
export class StartSearchInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the team that owns the run; by default the first of one's own teams, by name.",
  })
  teamId?: string | null;

  @Field(() => String, {
    description: "The name of the preset whose settings are the base; see the query presets.",
  })
  preset!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      "The seed of all random choices, 0 or more. By default the server chooses one and records it.",
  })
  seed?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "A name for people, 1 to 200 characters. By default the preset and the seed.",
  })
  name?: string | null;

  @Field(() => StrategyName, {
    nullable: true,
    description: "The strategy; it takes precedence over the strategy of `settings`.",
  })
  strategy?: StrategyName | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      "Settings that replace those of the preset, as an object with only what differs (see Preset.settings and settingDescriptions): objects are merged, lists and values replaced. All of them are checked.",
  })
  settings?: unknown;

  @Field(() => String, {
    nullable: true,
    description:
      "A text of 1 to 200 characters chosen by the client: repeating a request with the same key returns the first run; with other input it is refused.",
  })
  idempotencyKey?: string | null;
}

@InputType({
  description: "The changes of a clone from its run. What is absent is as in the run.",
})
export class CloneSearchInput {
  @Field(() => Int, {
    nullable: true,
    description: "Another seed of all random choices, 0 or more.",
  })
  seed?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'A name for people, 1 to 200 characters. By default the run\'s with "(clone)".',
  })
  name?: string | null;

  @Field(() => StrategyName, {
    nullable: true,
    description: "Another strategy; it takes precedence over the strategy of `settings`.",
  })
  strategy?: StrategyName | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      "Settings that replace those of the run, as in StartSearchInput.settings: an object with only what differs.",
  })
  settings?: unknown;
}
