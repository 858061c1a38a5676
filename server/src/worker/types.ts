import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { Node } from "../node/types.js";
import { UsualLength } from "../http/cost.js";
import { WorkerGpu } from "./gpuTypes.js";

@ObjectType({ description: "A process that trains and scores architectures.", implements: Node })
export class Worker {
  @Field(() => ID, { description: "The worker's identifier, a UUID, new at each start." })
  id!: string;

  @Field(() => String, { description: "The worker's name for people." })
  name!: string;

  @Field(() => String, {
    description: "The engine that it trains with, such as tensorflow or wasm.",
  })
  engine!: string;

  @Field(() => [String], {
    description: "The reasons against each better engine, as sentences.",
  })
  engineReasons!: string[];

  @Field(() => Int, { description: "The number of processor threads that it may use." })
  threads!: number;

  @Field(() => Int, { description: "The number of candidates that it trains at once." })
  slots!: number;

  @Field(() => String, {
    description:
      "The worker's state: starting, idle, busy, stopped, or lost (it stopped reporting without a reason).",
  })
  status!: string;

  @Field(() => [String], { description: "The jobs that it works on, as sentences for people." })
  currentJobs!: string[];

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why it takes no jobs for a while, such as a full disk; it tries again by itself. Null while it takes jobs.",
  })
  restReason!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The processor time that the worker and its trainers take, in cores: 1.87 is one core and 87 % of another, the mean over the last 5 seconds. Null, like all measurements, before the first one, and once the worker has stopped or is lost.",
  })
  cpuShare!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The number of cores of its machine that the worker may use.",
  })
  cores!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The resident memory of the worker and its trainers, in bytes; what processes share counts for each.",
  })
  memoryBytes!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The memory of its machine, or of its container where that has less, in bytes.",
  })
  hostMemoryBytes!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The memory of its machine or container that is free for processes, in bytes.",
  })
  hostMemoryFreeBytes!: number | null;

  @UsualLength(8)
  @Field(() => [WorkerGpu], {
    nullable: true,
    description:
      "The GPUs that its trainers use. Null where they use none, or where nvidia-smi does not answer.",
  })
  gpus!: WorkerGpu[] | null;

  @Field(() => Date, { description: "The time at which it started." })
  startedAt!: Date;

  @Field(() => Date, { description: "The time of its last report." })
  lastSeenAt!: Date;
}
