import type { ReproductionStatus as StoredStatus } from "@opnas/prisma";
import { Field, Float, ID, ObjectType, registerEnumType } from "type-graphql";
import { UsualLength } from "../http/cost.js";
import { Node } from "../node/types.js";

export const ReproductionStatus = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  DONE: "DONE",
  FAILED: "FAILED",
} as const satisfies { [Name in StoredStatus]: Name };
export type ReproductionStatus = StoredStatus;
registerEnumType(ReproductionStatus, {
  name: "ReproductionStatus",
  description: "The state of a reproduction.",
  valuesConfig: {
    QUEUED: { description: "It waits for a worker." },
    RUNNING: { description: "A worker trains and scores the architecture again." },
    DONE: { description: "It is compared with the first result: see Reproduction.isEqual." },
    FAILED: { description: "An error ended it: see Reproduction.error. Ask for a new one." },
  },
});

@ObjectType({
  description:
    "An evaluation that is made again from what is stored: the text, super-net, settings and seed of its run. It changes nothing of the run.",
  implements: Node,
})
export class Reproduction {
  @Field(() => ID, { description: "The reproduction's identifier, a UUID." })
  id!: string;

  @Field(() => ReproductionStatus, { description: "The state of the reproduction." })
  status!: ReproductionStatus;

  @Field(() => String, {
    nullable: true,
    description:
      "The engine with its version, and the type of processor, that made it. Null until a worker took it.",
  })
  engine!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why it waits though it is queued or running, such as the full disk of a worker; it goes on by itself when that is mended. Null while it goes on.",
  })
  waitingReason!: string | null;

  @Field(() => Date, { description: "The time at which it was requested." })
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which a worker began. Null before.",
  })
  startedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was done or failed. Null before.",
  })
  finishedAt!: Date | null;
}

@ObjectType({ description: "A value of a result that came out otherwise when it was made again." })
export class ReproductionDifference {
  @Field(() => String, {
    description: "The name of the value, such as score or taskScores.agreement.score.",
  })
  name!: string;

  @Field(() => String, { description: "The stored value, as JSON; numbers with all their digits." })
  stored!: string;

  @Field(() => String, { description: "The value of the reproduction, as JSON." })
  again!: string;
}

@ObjectType({ description: "The comparison of a reproduction with the stored result." })
export class ReproductionComparison {
  @Field(() => Boolean, {
    description: "True when all values but times are equal, to the last bit.",
  })
  isEqual!: boolean;

  @Field(() => Float, { description: "The score of the reproduction, 0 to 100." })
  score!: number;

  @UsualLength(20)
  @Field(() => [ReproductionDifference], {
    description:
      "The values that differ: those that the stored result has first, in the order of its fields.",
  })
  differences!: ReproductionDifference[];

  @Field(() => [String], {
    description: "Sentences about what may have caused the differences; none where there are none.",
  })
  causes!: string[];
}
