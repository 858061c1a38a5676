import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { createWorkerMetrics } from "./workerMetrics.js";

/** Upper limits of the buckets of an operation's duration, in seconds. */
const operationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Creates the server's own metrics in a registry. Every label has a bounded set of values; all that is
 * read from the database is set at a scrape (storedMetrics.ts).
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ) => new Gauge<Label>({ name, help, labelNames, registers });
  const webSockets = gauge("opnas_websocket_connections", "Open WebSocket connections of clients.");
  const subscriptions = gauge("opnas_subscriptions", "Active subscriptions on these connections.");
  let socketsNow = () => ({ connections: 0, subscriptions: 0 });
  return {
    registry,
    /** The series of each worker. */
    eachWorker: createWorkerMetrics(registry),
    /** Tells the metrics how to count connections and subscriptions, which is done at each scrape. */
    watchSockets: (count: typeof socketsNow) => {
      socketsNow = count;
    },
    /** Returns all metrics in Prometheus' text format. */
    text: async () => {
      const now = socketsNow();
      webSockets.set(now.connections);
      subscriptions.set(now.subscriptions);
      return registry.metrics();
    },
    databaseUp: gauge(
      "opnas_database_up",
      "1 if the database answered this scrape, 0 if not; then all that is read from it is left out.",
    ),
    jobs: gauge("opnas_jobs", "Jobs of the queue by queue, kind and state (waiting or active).", [
      "queue",
      "kind",
      "state",
    ]),
    oldestWaitingJob: gauge(
      "opnas_oldest_waiting_job_seconds",
      "Seconds that the oldest waiting job could have been taken for; 0 if none waits.",
      ["queue", "kind"],
    ),
    runs: gauge("opnas_runs", "Search runs by status.", ["status"]),
    workers: gauge(
      "opnas_workers",
      "Workers of the last hour by status; lost ones stopped reporting without a reason.",
      ["status"],
    ),
    workerSlots: gauge(
      "opnas_worker_slots",
      "Trainers that these workers may run at once, by the workers' status.",
      ["status"],
    ),
    candidates: gauge(
      "opnas_candidates",
      "Stored candidates with a result, by result: evaluated, or failed for good. A resumed run tries its failed ones again, so that these may become fewer.",
      ["result"],
    ),
    evaluations: new Counter({
      name: "opnas_evaluations_total",
      help: "Stored evaluations, of candidates and of reference backbones.",
      registers,
    }),
    evaluationSeconds: new Counter({
      name: "opnas_evaluation_seconds_total",
      help: "Seconds that these evaluations took, by part: train, fineTune, score, overhead.",
      labelNames: ["part"],
      registers,
    }),
    operationSeconds: new Histogram({
      name: "opnas_graphql_operation_seconds",
      help: "Seconds of GraphQL operations over HTTP, by type, root field of the schema and outcome (ok or error).",
      labelNames: ["type", "field", "outcome"],
      buckets: operationBuckets,
      registers,
    }),
    fannedOut: new Counter({
      name: "opnas_subscription_messages_total",
      help: "Messages sent to subscribers, one for each event and subscriber, by the schema's field.",
      labelNames: ["field"],
      registers,
    }),
  };
}

/** The server's own metrics, and the registry that holds them. */
export type Metrics = ReturnType<typeof createMetrics>;
