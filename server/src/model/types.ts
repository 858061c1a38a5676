import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "One result of a trained model in a benchmark." })
export class ModelResult {
  @Field(() => String, { description: 'The benchmark, such as "GLUE".' })
  benchmark!: string;

  @Field(() => String, { description: "The task, or the name of a mean over several." })
  task!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The part of the task\'s data, such as "matched". Null where there is only one.',
  })
  set!: string | null;

  @Field(() => String, { description: "The metric, by the benchmark's name for it." })
  metric!: string;

  @Field(() => Float, { description: "The value, in the metric's own unit." })
  value!: number;
}

@ObjectType({
  description:
    "A trained model whose benchmark results stand beside the references, such as a published BERT: by it fine-tuning can be checked against known numbers. Its weights stay where they are.",
})
export class ReferenceModel {
  @Field(() => ID, { description: "The model's id." })
  id!: string;

  @Field(() => String, { description: "The name." })
  name!: string;

  @Field(() => String, { description: "The checksum of its file of weights." })
  checksum!: string;

  @Field(() => GraphQLJSON, { description: "The architecture in its JSON form." })
  json!: unknown;

  @Field(() => Int, { description: "The number of layers." })
  layers!: number;

  @Field(() => Int, { description: "The width of the hidden states." })
  hidden!: number;

  @Field(() => Int, { description: "The number of heads of every layer." })
  heads!: number;

  @Field(() => Int, { description: "The number of word pieces." })
  vocabulary!: number;

  @Field(() => Int, { description: "The most tokens of a row." })
  length!: number;

  @Field(() => Float, { description: "The number of parameters." })
  params!: number;

  @Field(() => Float, {
    description: "The FLOPs of one forward pass over one row of its own length.",
  })
  flops!: number;

  @Field(() => [ModelResult], { description: "The results of benchmarks, by task." })
  results!: ModelResult[];

  @Field(() => ID, { description: "The id of the team that it belongs to." })
  teamId!: string;

  @Field(() => Date, { description: "The time at which it was added." })
  createdAt!: Date;
}

@InputType({ description: "The result of a benchmark." })
export class ModelResultInput {
  @Field(() => String, { description: 'The benchmark, such as "GLUE": 1 to 60 characters.' })
  benchmark!: string;

  @Field(() => String, {
    description: "The task, or the name of a mean over several: 1 to 60 characters.",
  })
  task!: string;

  @Field(() => String, {
    nullable: true,
    description: "The part of the task's data, 1 to 60 characters, where there are several.",
  })
  set?: string | null;

  @Field(() => String, { description: "The metric, 1 to 60 characters." })
  metric!: string;

  @Field(() => Float, { description: "The value, in the metric's own unit." })
  value!: number;
}

@InputType({ description: "A trained model to show beside the references." })
export class ImportModelInput {
  @Field(() => String, { description: "The name, 1 to 100 characters." })
  name!: string;

  @Field(() => String, {
    description: "The SHA-256 of the header of weights.safetensors, 64 hexadecimal digits.",
  })
  checksum!: string;

  @Field(() => GraphQLJSON, { description: "The architecture, as model.json has it." })
  architecture!: unknown;

  @Field(() => GraphQLJSON, { description: "The size, as model.json has it." })
  size!: unknown;

  @Field(() => [ModelResultInput], {
    nullable: true,
    description: "The results of benchmarks, at most 200.",
  })
  results?: ModelResultInput[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the team that is to own it; by default the first of one's teams.",
  })
  teamId?: string | null;
}
