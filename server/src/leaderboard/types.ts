import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { Architecture, LayerKind } from "../architecture/types.js";

@InputType()
export class LeaderboardFilter {
  @Field(() => ID, { nullable: true })
  runId?: string | null;

  @Field(() => String, { nullable: true })
  preset?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Leaves out what diverged or did not learn.",
  })
  stableOnly?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "true: reference backbones only; false: candidates only; null: both.",
  })
  references?: boolean | null;

  @Field(() => LayerKind, { nullable: true, description: "Has at least one layer of this kind." })
  kind?: LayerKind | null;

  @Field(() => String, { nullable: true, description: "Part of the name or the key." })
  search?: string | null;
}

@ObjectType({
  description: "upserts: rows that are new or changed; removed: ids that no longer match.",
})
export class LeaderboardChange {
  @Field(() => [Architecture])
  upserts!: Architecture[];

  @Field(() => [ID])
  removed!: string[];

  @Field(() => Int, { description: "Entries of the leaderboard now." })
  total!: number;
}
