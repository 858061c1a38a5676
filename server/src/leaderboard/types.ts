import { ArgsType, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { Architecture, ArchitecturePageArguments, LayerKind } from "../architecture/types.js";
import { UsualLength } from "../http/cost.js";

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

  @Field(() => Int, { description: "The number of rows of the leaderboard now." })
  total!: number;
}
