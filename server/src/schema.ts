import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { GraphQLDateTime } from "graphql-scalars";
import { buildSchemaSync, type PubSub } from "type-graphql";
import {
  ArchitectureConnectionResolver,
  ArchitectureEdgeResolver,
  ArchitectureResolver,
  EvaluationResolver,
} from "./architecture/resolver.js";
import { EventResolver } from "./events/resolver.js";
import { LeaderboardResolver } from "./leaderboard/resolver.js";
import { ParetoResolver } from "./leaderboard/pareto.js";
import { PresetResolver } from "./preset/resolver.js";
import { RunFields } from "./run/fields.js";
import { GenerationFields } from "./run/generation.js";
import { KernelResolver } from "./run/kernels.js";
import { PriorityResolver } from "./run/priorities.js";
import { RunResolver, SearchRunConnectionResolver, SearchRunEdgeResolver } from "./run/resolver.js";
import { TaskResolver } from "./task/resolver.js";
import { ArchitectureTrainings, TrainingFields } from "./training/fields.js";
import {
  TrainingConnectionResolver,
  TrainingEdgeResolver,
  TrainingResolver,
} from "./training/resolver.js";
import { WorkerResolver } from "./worker/resolver.js";

/** type-graphql asks for one; every subscription here brings its own source instead. */
const noPubSub: PubSub = {
  publish() {
    throw new Error("Subscriptions read the database (events/follow.ts); nothing is published.");
  },
  subscribe() {
    throw new Error("Subscriptions read the database (events/follow.ts); there are no topics.");
  },
};

/** The GraphQL schema, from the decorators of all entities. */
export function createSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      ArchitectureConnectionResolver,
      ArchitectureEdgeResolver,
      ArchitectureResolver,
      EvaluationResolver,
      EventResolver,
      GenerationFields,
      KernelResolver,
      LeaderboardResolver,
      ParetoResolver,
      PresetResolver,
      PriorityResolver,
      RunFields,
      RunResolver,
      SearchRunConnectionResolver,
      SearchRunEdgeResolver,
      TaskResolver,
      ArchitectureTrainings,
      TrainingConnectionResolver,
      TrainingEdgeResolver,
      TrainingFields,
      TrainingResolver,
      WorkerResolver,
    ],
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    pubSub: noPubSub,
    validate: false,
  });
}
