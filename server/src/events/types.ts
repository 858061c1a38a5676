import { GraphQLJSON } from "graphql-scalars";
import { Field, ID, Int, ObjectType } from "type-graphql";

@ObjectType({
  description:
    "kind is one of: run.created run.status supernet.progress supernet.finished generation.started candidate.started candidate.evaluated reference.evaluated generation.finished run.finished run.failed",
})
export class SearchEvent {
  @Field(() => ID)
  runId!: string;

  @Field(() => Int, { description: "1, 2, 3 … within the run, without gaps." })
  seq!: number;

  @Field(() => String)
  kind!: string;

  @Field(() => Date)
  time!: Date;

  @Field(() => GraphQLJSON)
  payload!: unknown;
}
