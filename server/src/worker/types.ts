import { Field, ID, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "A process that trains and scores architectures." })
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

  @Field(() => Date, { description: "The time at which it started." })
  startedAt!: Date;

  @Field(() => Date, { description: "The time of its last report." })
  lastSeenAt!: Date;
}
