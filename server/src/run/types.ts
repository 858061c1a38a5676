import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { OrderDirection, PageInfo } from "../pagination/types.js";
import { RunOrderField, RunPhase, RunStatus, StrategyName } from "./enums.js";

@ObjectType({ description: "One search: a super-net, then generations of candidates." })
export class SearchRun {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => RunStatus)
  status!: RunStatus;

  @Field(() => RunPhase)
  phase!: RunPhase;

  @Field(() => Int, { description: "The same seed and settings give the same search." })
  seed!: number;

  @Field(() => String)
  preset!: string;

  @Field(() => StrategyName)
  strategy!: StrategyName;

  @Field(() => GraphQLJSON, { description: "All settings, the preset's with the changes." })
  settings!: unknown;

  @Field(() => String, { nullable: true, description: "Null until a worker took the run." })
  engine!: string | null;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, { nullable: true })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true })
  finishedAt!: Date | null;

  @Field(() => Int, {
    description: "Seq of the newest stored event: subscribe to searchEvents after it.",
  })
  lastSeq!: number;
}

@ObjectType({ description: "Why a run failed." })
export class RunError {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType()
export class Generation {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, { description: "0 is the initial population." })
  index!: number;

  @Field(() => Int)
  size!: number;

  @Field(() => Int)
  evaluated!: number;

  @Field(() => Float, { nullable: true })
  bestScore!: number | null;

  @Field(() => Float, { nullable: true })
  meanScore!: number | null;

  @Field(() => Date)
  startedAt!: Date;

  @Field(() => Date, { nullable: true })
  finishedAt!: Date | null;
}

@ObjectType({
  description:
    "position: place along the path (0-based) for operations; for kernels the layer index. kind: operation | kernel.",
})
export class OperationPriority {
  @Field(() => Int)
  generation!: number;

  @Field(() => String)
  kind!: string;

  @Field(() => Int)
  position!: number;

  @Field(() => String)
  operation!: string;

  @Field(() => Int)
  count!: number;

  @Field(() => Float)
  meanScore!: number;

  @Field(() => Float)
  ucb!: number;

  @Field(() => Float, { description: "With which the next generation drew this operation." })
  probability!: number;
}

@ObjectType()
export class SearchRunEdge {
  @Field(() => String)
  cursor!: string;
}

@ObjectType()
export class SearchRunConnection {
  @Field(() => [SearchRunEdge])
  edges!: SearchRunEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType()
export class RunFilter {
  @Field(() => [RunStatus], { nullable: true })
  status?: RunStatus[] | null;

  @Field(() => String, { nullable: true })
  preset?: string | null;

  @Field(() => String, { nullable: true, description: "Part of the name." })
  search?: string | null;
}

@InputType()
export class RunOrder {
  @Field(() => RunOrderField)
  field!: RunOrderField;

  @Field(() => OrderDirection)
  direction!: OrderDirection;
}

@InputType()
export class StartSearchInput {
  @Field(() => String)
  preset!: string;

  @Field(() => Int, {
    nullable: true,
    description: "0 or more. Default: a seed chosen by the server and recorded.",
  })
  seed?: number | null;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => StrategyName, { nullable: true })
  strategy?: StrategyName | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Partial settings laid over the preset's (see Preset.settings); checked.",
  })
  settings?: unknown;

  @Field(() => String, {
    nullable: true,
    description: "Repeating a request with the same key returns the first run.",
  })
  idempotencyKey?: string | null;
}
