import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { Architecture, Stability } from "../architecture/types.js";
import { UsualLength } from "../http/cost.js";
import { SearchRun } from "../run/types.js";

@ObjectType({ description: "A candidate that was handed to an evaluator outside of the platform." })
export class ProposedCandidate {
  @Field(() => Architecture, {
    description: "The candidate; its json is what to build, train and score.",
  })
  architecture!: Architecture;

  @Field(() => Int, {
    description:
      "The number of this hand-over: a report that names it is refused once another evaluator has the candidate.",
  })
  attempt!: number;

  @Field(() => Date, {
    description: "The time at which it may be handed to another evaluator.",
  })
  expiresAt!: Date;
}

@ObjectType({ description: "Candidates to evaluate, and the run that they are of." })
export class CandidateBatch {
  @UsualLength(10)
  @Field(() => [ProposedCandidate], {
    description:
      "The candidates, the oldest first: at most as many as asked for, and none while all are handed out, the next generation is being proposed, or the run is paused or over.",
  })
  candidates!: ProposedCandidate[];

  @Field(() => SearchRun, { description: "The run: its status says whether more will come." })
  run!: SearchRun;
}

@InputType({
  description: "What an evaluator outside of the platform found: a score or a failure.",
})
export class ScoreReport {
  @Field(() => Float, {
    nullable: true,
    description: "The score, 0 to 100; more is better. Either it or `failure` is needed.",
  })
  score?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why there is no score, 1 to 1,000 characters. The candidate counts as score 0 in the search.",
  })
  failure?: string | null;

  @Field(() => Stability, {
    nullable: true,
    description: "The course of the training, with a score; by default STABLE.",
  })
  stability?: Stability | null;

  @Field(() => Float, {
    nullable: true,
    description: "The median seconds of one training step, above 0, with a score.",
  })
  stepSeconds?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The time of a training step as a multiple of vanilla BERT's on the same machine, above 0, with a score.",
  })
  stepRatio?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The seconds that the evaluation took, 0 or more, with a score.",
  })
  seconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The number of the hand-over, ProposedCandidate.attempt; by default the newest.",
  })
  attempt?: number | null;
}

@ObjectType({ description: "A candidate after a report about it." })
export class ReportPayload {
  @Field(() => Architecture, { description: "The candidate with its score or failure." })
  architecture!: Architecture;

  @Field(() => ID, { description: "The id of its run." })
  runId!: string;
}
