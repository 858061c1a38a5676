import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, Root } from "type-graphql";
import {
  Architecture,
  ArchitecturePageArguments,
  LayerKind,
  PrimitiveOperation,
} from "../architecture/types.js";
import { UsualLength } from "../http/cost.js";
import type { Change } from "./change.js";
import { countLimit } from "../pagination/keyset.js";
import { StrategyName } from "../run/enums.js";

@InputType({ description: "A range of numbers; an end that is absent is open." })
export class NumberRange {
  @Field(() => Float, { nullable: true, description: "The least value, included." })
  min?: number | null;

  @Field(() => Float, { nullable: true, description: "The greatest value, included." })
  max?: number | null;
}

@InputType({ description: "A range of times; an end that is absent is open." })
export class TimeRange {
  @Field(() => Date, { nullable: true, description: "The earliest time, included." })
  from?: Date | null;

  @Field(() => Date, { nullable: true, description: "The end of the range, not included." })
  to?: Date | null;
}

@InputType({
  description: "Conditions on architectures, all of which must hold. An absent one holds always.",
})
export class LeaderboardFilter {
  @Field(() => ID, { nullable: true, description: "The architecture belongs to this run." })
  runId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Its run was started from the preset of this name, up to 100 characters.",
  })
  preset?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True leaves out architectures that diverged or did not learn.",
  })
  stableOnly?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True lists reference backbones only, false candidates only, null both.",
  })
  references?: boolean | null;

  @Field(() => LayerKind, {
    nullable: true,
    description: "It has at least one layer of this kind.",
  })
  kind?: LayerKind | null;

  @Field(() => StrategyName, {
    nullable: true,
    description: "Its run's strategy is this one.",
  })
  strategy?: StrategyName | null;

  @Field(() => Int, {
    nullable: true,
    description: "It has at least one convolution of this kernel size: 3, 5, 7, 9, 15, 31 or 65.",
  })
  kernelSize?: number | null;

  @Field(() => PrimitiveOperation, {
    nullable: true,
    description: "At least one of its attention graphs has this operation.",
  })
  operation?: PrimitiveOperation | null;

  @Field(() => NumberRange, { nullable: true, description: "Its score lies within this range." })
  score?: NumberRange | null;

  @Field(() => NumberRange, {
    nullable: true,
    description: "Its number of parameters lies within this range.",
  })
  params?: NumberRange | null;

  @Field(() => NumberRange, { nullable: true, description: "Its FLOPs lie within this range." })
  flops?: NumberRange | null;

  @Field(() => TimeRange, {
    nullable: true,
    description: "The time at which it was proposed lies within this range.",
  })
  createdAt?: TimeRange | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Its name or its key contains this text, in upper or lower case; up to 200 characters.",
  })
  search?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "True also lists architectures of archived runs; those of a run that `runId` names are listed in any case. Deleted runs' are never listed.",
  })
  archived?: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description: "It has all of these tags, at most 20.",
  })
  tags?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Its run was started by the account of this id.",
  })
  ownerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Its run is owned by the team of this id.",
  })
  teamId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A condition such as `score > 55 and layer.kernel = 5 and not tag = bad`, in the filter language of docs/filter-language.md, up to 2,000 characters. An error names the place of its fault in `extensions.filter`.",
  })
  query?: string | null;
}

@ArgsType()
export class LeaderboardArguments extends ArchitecturePageArguments {
  @Field(() => LeaderboardFilter, {
    nullable: true,
    description: "Conditions on the architectures; without it all evaluated ones are listed.",
  })
  filter?: LeaderboardFilter | null;
}

@ObjectType({ description: "A change of the rows of a leaderboard." })
export class LeaderboardChange {
  @UsualLength(20)
  @Field(() => [Architecture], { description: "The rows that are new or have changed." })
  upserts!: Architecture[];

  @Field(() => [ID], {
    description: "The ids of architectures that no longer meet the filter.",
  })
  removed!: string[];

  @Field(() => Int, {
    description: `The number of rows of the leaderboard now, counted up to ${countLimit}; see totalIsCapped.`,
  })
  async total(@Root() { count }: Change): Promise<number> {
    return (await count()).count;
  }

  @Field(() => Boolean, {
    description: `True if the leaderboard has more than the ${countLimit} rows that total then states.`,
  })
  async totalIsCapped(@Root() { count }: Change): Promise<boolean> {
    return (await count()).isCapped;
  }
}
