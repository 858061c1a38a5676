import { GraphQLJSON } from "graphql-scalars";
import { Field, ID, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "A stored event of a run." })
export class SearchEvent {
  @Field(() => ID, { description: "The id of the run." })
  runId!: string;

  @Field(() => Int, {
    description: "The event's number within the run: 1, 2, 3 … without gaps, in commit order.",
  })
  seq!: number;

  @Field(() => String, {
    description:
      "The kind of event, one of: run.created, run.status, supernet.progress, supernet.finished, generation.started, candidate.started, candidate.evaluated, candidate.failed, reference.evaluated, reference.failed, generation.finished, run.waiting, run.extended, run.visibility, run.edited, architecture.edited, run.finished, run.failed. A newer version may add others.",
  })
  kind!: string;

  @Field(() => Date, { description: "The time at which the event was stored." })
  time!: Date;

  @Field(() => GraphQLJSON, {
    deprecationReason: "Read the typed field details.",
    description: "The event's data as an object, whose fields depend on its kind.",
  })
  payload!: unknown;
}
