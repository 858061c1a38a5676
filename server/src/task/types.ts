import { Field, ObjectType } from "type-graphql";

@ObjectType({ description: "A proxy task that candidates are scored on." })
export class Task {
  @Field(() => String, { description: "The task's name, as settings take it." })
  name!: string;

  @Field(() => String, { description: "The task's title for people." })
  title!: string;

  @Field(() => String, { description: "The question that the model has to answer." })
  description!: string;

  @Field(() => String, {
    description:
      "The kind of scoring: masked (predicting hidden words), zeroShot (by likelihood alone) or fineTuned (after fine-tuning a small head).",
  })
  kind!: string;

  @Field(() => String, { description: "The metric of the score, 0 to 100; higher is better." })
  metric!: string;
}
