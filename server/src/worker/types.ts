import { Field, ID, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "A process that trains and scores." })
export class Worker {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  engine!: string;

  @Field(() => [String], { description: "Why this engine and not a better one." })
  engineReasons!: string[];

  @Field(() => Int)
  threads!: number;

  @Field(() => Int, { description: "Candidates it trains at once." })
  slots!: number;

  @Field(() => String, {
    description: "starting | idle | busy | stopped | lost (it fell silent without a word)",
  })
  status!: string;

  @Field(() => [String])
  currentJobs!: string[];

  @Field(() => Date)
  startedAt!: Date;

  @Field(() => Date)
  lastSeenAt!: Date;
}
