import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { GraphQLDateTime } from "graphql-scalars";
import { buildSchemaSync, type PubSub } from "type-graphql";
import { AnnotationResolver } from "./annotation/resolver.js";
import { ArchiveFields, ArchiveOfRun } from "./archive/resolver.js";
import { ArchitectureFields, EvaluationFields, TaskScoreFields } from "./architecture/fields.js";
import { ArchitectureFiles } from "./architecture/files.js";
import { ArchitectureResolver } from "./architecture/resolver.js";
import { SearchEventFields } from "./events/fields.js";
import { ComparisonResolver } from "./comparison/resolver.js";
import { EstimateResolver } from "./estimate/resolver.js";
import { EventResolver } from "./events/resolver.js";
import { guardSchema } from "./identity/guard.js";
import { AccountResolver } from "./identity/accountResolver.js";
import { ApiKeyResolver } from "./identity/apiKeyResolver.js";
import { AuditResolver } from "./identity/auditResolver.js";
import { ProfileResolver } from "./identity/profileResolver.js";
import { TeamResolver } from "./identity/teamResolver.js";
import { ExportResolver } from "./modelExport/resolver.js";
import { FilterResolver } from "./filter/resolver.js";
import { ExternalResolver } from "./external/resolver.js";
import { ImportResolver } from "./external/importResolver.js";
import { ImportanceResolver } from "./importance/resolver.js";
import { LeaderboardResolver } from "./leaderboard/resolver.js";
import { NodeResolver } from "./node/resolver.js";
import { refuseBothDirections } from "./pagination/oneDirection.js";
import { PresetResolver } from "./preset/resolver.js";
import { TrainingFields } from "./pretraining/fields.js";
import { TrainingResolver } from "./pretraining/resolver.js";
import { ReproductionResolver } from "./reproduction/resolver.js";
import { GenerationFields, RunFields } from "./run/fields.js";
import { RunResolver } from "./run/resolver.js";
import { RunVisibilityResolver } from "./run/visibilityResolver.js";
import { SettingResolver } from "./setting/resolver.js";
import { TaskResolver } from "./task/resolver.js";
import { ModelResolver } from "./model/resolver.js";
import { ViewResolver } from "./view/resolver.js";
import { WebhookResolver } from "./webhooks/resolver.js";
import { WorkerResolver } from "./worker/resolver.js";

/** The publisher that type-graphql requires; every subscription here has a source of its own. */
const noPubSub: PubSub = {
  publish() {
    throw new Error("Subscriptions read the database (events/follow.ts); nothing is published.");
  },
  subscribe() {
    throw new Error("Subscriptions read the database (events/follow.ts); there are no topics.");
  },
};

/** Builds the GraphQL schema from the decorators of all entities. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      AccountResolver,
      ApiKeyResolver,
      AnnotationResolver,
      ArchiveFields,
      ArchiveOfRun,
      ArchitectureFields,
      ArchitectureFiles,
      ArchitectureResolver,
      AuditResolver,
      ComparisonResolver,
      EstimateResolver,
      EvaluationFields,
      EventResolver,
      ExportResolver,
      ExternalResolver,
      FilterResolver,
      GenerationFields,
      ImportResolver,
      ImportanceResolver,
      LeaderboardResolver,
      NodeResolver,
      PresetResolver,
      ProfileResolver,
      ReproductionResolver,
      RunFields,
      RunResolver,
      RunVisibilityResolver,
      SearchEventFields,
      SettingResolver,
      TaskResolver,
      TeamResolver,
      TaskScoreFields,
      TrainingFields,
      TrainingResolver,
      ModelResolver,
      ViewResolver,
      WebhookResolver,
      WorkerResolver,
    ],
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    pubSub: noPubSub,
    validate: false,
  });
  describeRoots(schema);
  refuseBothDirections(schema);
  guardSchema(schema);
  return schema;
}

/** Describes the root types, for which type-graphql has no decorator. */
function describeRoots(schema: GraphQLSchema): void {
  const descriptions = {
    Query: "Reads: none of them changes anything.",
    Mutation:
      "Starts, pauses, resumes and cancels searches and pre-trainings; reproduces evaluations; exports models; names, tags, archives and deletes runs; saves views; makes webhooks; administers accounts, teams and API keys.",
    Subscription: "Streams of changes, over WebSocket.",
  };
  for (const [name, description] of Object.entries(descriptions)) {
    const type = schema.getType(name);
    if (type !== undefined) type.description = description;
  }
}
