import { Field, Float, Int, ObjectType } from "type-graphql";
import { UsualLength } from "../http/cost.js";
import { SearchSize } from "./sizes.js";

@ObjectType({
  description:
    "The size of a search before it is started. What depends on machines is measured on earlier runs, never guessed.",
})
export class SearchEstimate {
  @Field(() => Int, {
    description: "The number of candidates that it evaluates, over all generations.",
  })
  candidates!: number;

  @Field(() => Int, { description: "The number of generations, the initial population included." })
  generations!: number;

  @Field(() => Float, {
    description:
      "The steps of training the super-net. 0, like all steps, for a search with an evaluator outside.",
  })
  superNetSteps!: number;

  @Field(() => Float, {
    description: "The steps of training candidates after they inherited weights, of all together.",
  })
  candidateSteps!: number;

  @Field(() => Float, {
    description:
      "The most steps of fine-tuning, of all candidates on all tasks together; tasks that are scored without it have none.",
  })
  fineTuneSteps!: number;

  @Field(() => Float, {
    description: "The parameters of BERT at its size, to compare: candidates have fewer or more.",
  })
  referenceParams!: number;

  @Field(() => Float, {
    description: "The floating-point operations of one sequence through BERT at its size.",
  })
  referenceFlops!: number;

  @Field(() => Int, { description: "The candidates that the workers present train at once." })
  slots!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "The expected minutes of the super-net, from earlier runs with the same preset, size, batch and branches on an engine of a worker present. Null if there was none.",
  })
  superNetMinutes!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The expected minutes of all candidates at the present slots, from evaluations by the workers present in earlier runs with the same preset, size, tasks and steps. Null if there was none.",
  })
  candidateMinutes!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The expected minutes of the whole search. Null if a part of it was not measured.",
  })
  minutes!: number | null;

  @Field(() => Int, {
    description: "The number of earlier evaluations that the minutes of candidates are from.",
  })
  measuredEvaluations!: number;

  @Field(() => Int, {
    description: "The number of earlier runs that the minutes of the super-net are from.",
  })
  measuredRuns!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "The least bytes of memory that a worker needs for it: the larger of the super-net's training and of one candidate's, without activations; see sizes. Null for a search with an evaluator outside.",
  })
  memoryBytes!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The bytes of disk for the super-net and a checkpoint of its training, without prepared data; see sizes. Null for a search with an evaluator outside.",
  })
  diskBytes!: number | null;

  @UsualLength(6)
  @Field(() => [SearchSize], {
    description:
      "The parts that memory and disk are taken by, with what is not known before the search. Empty for a search with an evaluator outside.",
  })
  sizes!: SearchSize[];
}
