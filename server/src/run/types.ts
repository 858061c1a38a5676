import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { Node } from "../node/types.js";
import { connectionOf } from "../pagination/connection.js";
import { RunPhase, RunStatus, StrategyName } from "./enums.js";

@ObjectType({
  description: "One search: a super-net, then generations of candidates.",
  implements: Node,
})
export class SearchRun {
  @Field(() => ID, { description: "The run's identifier, a UUID." })
  id!: string;

  @Field(() => String, { description: "The run's name, by default its preset and seed." })
  name!: string;

  @Field(() => RunStatus, { description: "The state of the run." })
  status!: RunStatus;

  @Field(() => RunPhase, { description: "The part of its work that it has reached." })
  phase!: RunPhase;

  @Field(() => Int, {
    description:
      "The seed of all random choices, 0 or more: the same seed and settings give the same search.",
  })
  seed!: number;

  @Field(() => String, { description: "The name of the preset that it was started from." })
  preset!: string;

  @Field(() => StrategyName, { description: "The strategy that proposes candidates." })
  strategy!: StrategyName;

  @Field(() => String, {
    nullable: true,
    description: "The engine that trains, such as tensorflow. Null until a worker took the run.",
  })
  engine!: string | null;

  @Field(() => [String], {
    description:
      "Engines that trained or scored for the run, each with its version and the type of processor, in the order of their first work. More than one: they were mixed, and the scores do not have the bits of one machine's.",
  })
  engines!: string[];

  @Field(() => Int, {
    description:
      "The number of candidates whose evaluation failed for good; they score 0 in the search. Above the share of the setting failures.share the run fails. References do not count.",
  })
  failures!: number;

  @Field(() => Int, {
    description:
      "The number of sub-networks that the super-net's training left out because a loss or gradient was not finite. 0 until it is trained.",
  })
  superNetSkipped!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why its work waits though it is not paused, such as the full disk of a worker; it goes on by itself when that is mended. Null while it goes on.",
  })
  waitingReason!: string | null;

  @Field(() => Date, { description: "The time at which the run was requested." })
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which a worker began. Null before.",
  })
  startedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was done, failed or cancelled. Null before.",
  })
  finishedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description:
      "The time at which it was archived: lists and leaderboards leave it out unless they are asked for it. Null while it is not.",
  })
  archivedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description:
      "The time at which it was deleted: nothing lists it, and its rows and files are removed after a while; until then restoreRun brings it back. Null while it is not.",
  })
  deletedAt!: Date | null;

  @Field(() => Int, {
    description: "The seq of the newest stored event: subscribe to searchEvents after it.",
  })
  lastSeq!: number;

  @Field(() => [String], { description: "The tags that people gave it, in alphabetical order." })
  tags!: string[];

  @Field(() => String, {
    nullable: true,
    description: "The note of people about it. Null without one.",
  })
  note!: string | null;
}

export const SearchRunConnection = connectionOf(SearchRun, (loaders) => loaders.run);

@ObjectType({ description: "The error that a run, a candidate or a pre-training failed with." })
export class RunError {
  @Field(() => String, { description: "The error's code, such as CORRUPT_ARTIFACT." })
  code!: string;

  @Field(() => String, { description: "A sentence that says what went wrong and what to do." })
  message!: string;
}

@ObjectType({ description: "The archive that a run was imported from." })
export class RunOrigin {
  @Field(() => Date, { description: "The time at which the archive was made." })
  madeAt!: Date;

  @Field(() => Date, { description: "The time at which it was imported." })
  importedAt!: Date;

  @Field(() => String, { description: "The version of the program that made it." })
  program!: string;

  @Field(() => String, { description: "The state of the run in the archive, as RunStatus has it." })
  status!: string;
}

@ObjectType({
  description: "Candidates of a run that were proposed together.",
  implements: Node,
})
export class Generation {
  @Field(() => ID, { description: "The generation's identifier, a UUID." })
  id!: string;

  @Field(() => Int, {
    description: "The generation's number in its run; 0 is the initial population.",
  })
  index!: number;

  @Field(() => Int, { description: "The number of candidates." })
  size!: number;

  @Field(() => Int, {
    description: "The number of candidates that are evaluated, those that failed included.",
  })
  evaluated!: number;

  @Field(() => Float, {
    nullable: true,
    description: "The highest score of its candidates, 0 to 100. Null until one is evaluated.",
  })
  bestScore!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The mean score of its evaluated candidates, 0 to 100. Null until one is evaluated.",
  })
  meanScore!: number | null;

  @Field(() => Date, { description: "The time at which it was proposed." })
  startedAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which its last candidate was evaluated. Null before.",
  })
  finishedAt!: Date | null;
}
