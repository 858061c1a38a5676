import { Field, Float, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "A GPU that a worker's trainers use, as nvidia-smi shows it." })
export class WorkerGpu {
  @Field(() => Int, { description: "The GPU's number on its machine." })
  index!: number;

  @Field(() => String, { description: "The GPU's model, such as NVIDIA L4." })
  name!: string;

  @Field(() => Float, {
    nullable: true,
    description:
      "The fraction of the last moments in which the GPU worked, 0 to 1. Null if it does not tell.",
  })
  utilisation!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The GPU's memory that all processes together use, in bytes. Null if it does not tell.",
  })
  memoryUsedBytes!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The GPU's memory, in bytes. Null if it does not tell.",
  })
  memoryBytes!: number | null;
}
