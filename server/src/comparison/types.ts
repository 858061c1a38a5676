import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";
import { Architecture } from "../architecture/types.js";
import { UsualLength } from "../http/cost.js";
import { SearchRun } from "../run/types.js";

/** The most runs or architectures that one comparison may have. */
export const maxCompared = 8;

export enum ComparedMeasure {
  SCORE = "SCORE",
  PARAMS = "PARAMS",
  FLOPS = "FLOPS",
  STEP_TIME = "STEP_TIME",
  LAYERS = "LAYERS",
  ATTENTION_LAYERS = "ATTENTION_LAYERS",
}
registerEnumType(ComparedMeasure, {
  name: "ComparedMeasure",
  description: "A number by which architectures are compared.",
  valuesConfig: {
    SCORE: { description: "The mean score of the proxy tasks, 0 to 100." },
    PARAMS: { description: "The number of parameters." },
    FLOPS: { description: "The floating-point operations of one sequence of full length." },
    STEP_TIME: {
      description:
        "The time of a training step as a multiple of vanilla BERT's (Architecture.stepRatio).",
    },
    LAYERS: { description: "The number of layers." },
    ATTENTION_LAYERS: { description: "The number of layers with attention." },
  },
});

@ObjectType({ description: "A setting in which compared runs differ." })
export class SettingDifference {
  @Field(() => String, {
    description: "The names that lead to the setting, joined by dots; or seed or preset.",
  })
  path!: string;

  @Field(() => String, { description: "A short label." })
  title!: string;

  @Field(() => [GraphQLJSON], {
    nullable: "items",
    description: "Its value in each of what is compared, in the order of the ids.",
  })
  values!: unknown[];
}

@ObjectType({ description: "The scores of compared architectures in one proxy task." })
export class TaskComparison {
  @Field(() => String, { description: "The task's name, as in the query tasks." })
  task!: string;

  @Field(() => String, { description: "The task's title for people." })
  title!: string;

  @Field(() => [Float], {
    nullable: "items",
    description:
      "The score of each, 0 to 100, in the order of the ids. Null where the task was not scored.",
  })
  scores!: (number | null)[];
}

@ObjectType({ description: "One number of each compared architecture." })
export class MeasureComparison {
  @Field(() => ComparedMeasure, { description: "The number that is compared." })
  measure!: ComparedMeasure;

  @Field(() => [Float], {
    nullable: "items",
    description: "Its value for each, in the order of the ids. Null where there is none.",
  })
  values!: (number | null)[];
}

@ObjectType({
  description: "Runs or architectures side by side. All lists are in the order of the ids.",
})
export class Comparison {
  @UsualLength(maxCompared)
  @Field(() => [SearchRun], {
    description: "The compared runs, or the runs of the compared architectures.",
  })
  runs!: SearchRun[];

  @UsualLength(maxCompared)
  @Field(() => [Architecture], {
    nullable: "items",
    description:
      "The compared architectures, or the best candidate of each compared run: null where none is scored.",
  })
  architectures!: (Architecture | null)[];

  @UsualLength(10)
  @Field(() => [SettingDifference], {
    description: "The settings in which the runs differ, in the order of the settings' schema.",
  })
  settings!: SettingDifference[];

  @UsualLength(8)
  @Field(() => [TaskComparison], { description: "The scores by task." })
  tasks!: TaskComparison[];

  @UsualLength(6)
  @Field(() => [MeasureComparison], { description: "Score, costs and numbers of layers." })
  measures!: MeasureComparison[];
}
