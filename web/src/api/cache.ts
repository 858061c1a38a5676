import {
  type Cache,
  cacheExchange,
  type Entity,
  type KeyGenerator,
} from "@urql/exchange-graphcache";
import * as z from "@/security/zod";

const embedded: KeyGenerator = () => null;

/**
 * Types that are stored inside their parent, because they have no id of their own or only a local
 * one.
 */
const embeddedTypes = [
  "AnnotationPayload",
  "ArchivedArtifacts",
  "ArchitectureConnection",
  "ArchitectureEdge",
  "ArchitectureFile",
  "AttentionGraph",
  "AuditEntryConnection",
  "AuditEntryEdge",
  "CreatedApiKey",
  "CreatedInvitation",
  "ExportLink",
  "FilterFieldDescription",
  "GraphEdge",
  "GraphNode",
  "KernelCount",
  "Layer",
  "LayerChoices",
  "LeaderboardChange",
  "LineageStep",
  "ModelResult",
  "NewWebhook",
  "OperationPriority",
  "PageInfo",
  "Progress",
  "RunArchive",
  "RunError",
  "RunTimings",
  "SavedArchitectureOrder",
  "SavedRunOrder",
  "SearchEvent",
  "SearchRunConnection",
  "SearchRunEdge",
  "SettingDescription",
  "TaskScore",
  "TrainingConnection",
  "TrainingEdge",
  "TrainingMetric",
  "Viewer",
  "WebhookDeliveryConnection",
  "WebhookDeliveryEdge",
  "WorkerGpu",
];

/** The lists of Query that a mutation adds a row to or takes one from; they are asked for again. */
const listsOfMutations = {
  cloneSearch: "searchRuns",
  createApiKey: "apiKeys",
  createTeam: "teams",
  createView: "savedViews",
  createWebhook: "webhooks",
  deleteTeam: "teams",
  deleteModel: "models",
  deleteView: "savedViews",
  deleteWebhook: "webhooks",
  endSession: "sessions",
  importModel: "models",
  inviteMember: "invitations",
  leaveTeam: "teams",
  startSearch: "searchRuns",
  testWebhook: "webhookDeliveries",
  withdrawInvitation: "invitations",
} as const;

const changesOfLists = Object.fromEntries(
  Object.entries(listsOfMutations).map(([mutation, list]) => [
    mutation,
    (_result: unknown, _args: unknown, cache: Cache) => forget(cache, list),
  ]),
);

/** Forgets a list of Query under whatever arguments it was loaded; the cache alone forgets one of them. */
function forget(cache: Cache, list: string): void {
  for (const { fieldName, arguments: given } of cache.inspectFields("Query")) {
    if (fieldName === list) cache.invalidate("Query", fieldName, given ?? undefined);
  }
}

const eventSchema = z.object({
  searchEvents: z.object({
    run: z.object({ id: z.string() }),
    architecture: z.nullish(z.object({ id: z.string() })),
    generation: z.nullish(z.object({ id: z.string() })),
  }),
});
const workersSchema = z.object({ workersChanged: z.array(z.object({ id: z.string() })) });

/**
 * Creates the normalised cache. Results of subscriptions update the entities that they contain; the
 * updates below add a new entity to the lists that it belongs to.
 */
export function createCache() {
  return cacheExchange({
    keys: {
      ...Object.fromEntries(embeddedTypes.map((type) => [type, embedded])),
      Preset: ({ name }) => (typeof name === "string" ? name : null),
      Task: ({ name }) => (typeof name === "string" ? name : null),
    },
    updates: {
      Subscription: {
        searchEvents(result, _args, cache) {
          const { run, generation, architecture } = eventSchema.parse(result).searchEvents;
          if (!generation) return;
          const generationRef = { __typename: "Generation", id: generation.id };
          append(cache, { __typename: "SearchRun", id: run.id }, "generations", generationRef);
          if (!cache.resolve(generationRef, "candidates")) {
            cache.link(generationRef, "candidates", []);
          }
          if (!architecture) return;
          const candidate = { __typename: "Architecture", id: architecture.id };
          append(cache, generationRef, "candidates", candidate);
        },
        workersChanged(result, _args, cache) {
          const { workersChanged } = workersSchema.parse(result);
          const workers = workersChanged.map(({ id }) => ({ __typename: "Worker", id }));
          cache.link("Query", "workers", workers);
        },
      },
      Mutation: changesOfLists,
    },
  });
}

/**
 * Appends `item` to a list of links that the cache holds. A list that was never loaded stays
 * unloaded.
 */
function append(
  cache: Cache,
  parent: Entity,
  field: string,
  item: { __typename: string; id: string },
) {
  const list = z.array(z.string()).safeParse(cache.resolve(parent, field));
  if (!list.success) return;
  const keys = list.data;
  const key = cache.keyOfEntity(item);
  if (key === null || keys.includes(key)) return;
  cache.link(parent, field, [...keys, key]);
}
