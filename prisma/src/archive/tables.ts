/** A table whose rows of one run an archive holds. */
export interface ArchivedTable {
  /** Name in Postgres. */
  table: string;
  /** File of the archive that holds its rows, one a line. */
  file: string;
  /** Condition in SQL that a row `t` is of the run `$run`. */
  ofRun: string;
  /** Order of the lines in SQL: rows that others name come first. */
  order: string;
  /**
   * Joins in SQL by which a row `t` that is loaded belongs to the run `$run`; a row without a match is
   * refused. Empty where the row names the run itself.
   */
  owner: string;
  /** Columns that are not written, each with the reason. */
  leftOut: Readonly<Record<string, string>>;
  /** Columns that are written as this SQL instead of as they are. */
  rewritten?: Readonly<Record<string, string>>;
}

const isOfRun = `t."runId" = $run`;
const inRun = `t."architectureId" IN (SELECT id FROM "Architecture" WHERE "runId" = $run)`;
const ownArchitecture = `JOIN "Architecture" a ON a.id = t."architectureId" AND a."runId" = $run`;
const present = "it is about the machine's present, not about the run";

/** Columns of a run that are not written with it. */
const leftOutOfRun = {
  settings: "they are a file of their own, settings.json",
  idempotencyKey: "it tells repeated requests to one server apart",
  ownerId: "accounts differ between platforms; whoever imports a run owns it",
  teamId: "teams differ between platforms; a run belongs to the importer's",
  superNetStore: "it is the place of the file, which the import gives it",
  origin: "it tells where the present copy came from; the manifest tells where the archive does",
};

/** The run's own row, which is one file, and its settings another. */
export const runTable: ArchivedTable = {
  table: "SearchRun",
  file: "run.json",
  ofRun: "t.id = $run",
  order: "t.id",
  owner: "",
  leftOut: leftOutOfRun,
};

/** File of an archive that holds the settings of its run. */
export const settingsFile = "settings.json";

/** The other tables, in the order in which their rows can be loaded. */
export const archivedTables: readonly ArchivedTable[] = [
  {
    table: "Worker",
    file: "workers.jsonl",
    ofRun: `t.id IN (SELECT "workerId" FROM "Evaluation" WHERE "runId" = $run)`,
    order: "t.id",
    owner: "",
    leftOut: {
      status: present,
      currentJobs: present,
      restReason: present,
      usage: present,
      work: present,
      lastSeenAt: present,
    },
  },
  {
    table: "Generation",
    file: "generations.jsonl",
    ofRun: isOfRun,
    order: "t.index",
    owner: "",
    leftOut: {},
  },
  {
    table: "Architecture",
    file: "architectures.jsonl",
    ofRun: isOfRun,
    order: `(SELECT g.index FROM "Generation" g WHERE g.id = t."generationId"), t."indexInGeneration"`,
    owner: `JOIN "Generation" g ON g.id = t."generationId" AND g."runId" = $run`,
    leftOut: {},
  },
  {
    table: "Evaluation",
    file: "evaluations.jsonl",
    ofRun: isOfRun,
    order: `t."createdAt", t.id`,
    owner: ownArchitecture,
    leftOut: {},
  },
  {
    table: "OperationStatistic",
    file: "statistics.jsonl",
    ofRun: isOfRun,
    order: `t.generation, t.kind, t.position, t.operation COLLATE "C"`,
    owner: "",
    leftOut: {},
  },
  {
    table: "RunEvent",
    file: "events.jsonl",
    ofRun: isOfRun,
    order: "t.seq",
    owner: "",
    leftOut: {},
  },
  {
    table: "Attempt",
    file: "attempts.jsonl",
    ofRun: isOfRun,
    order: `t.task COLLATE "C"`,
    owner: "",
    leftOut: {},
  },
  {
    table: "Training",
    file: "trainings.jsonl",
    ofRun: inRun,
    order: `t."createdAt", t.id`,
    owner: ownArchitecture,
    leftOut: { idempotencyKey: leftOutOfRun.idempotencyKey },
    // Without the address of the store, which differs between platforms.
    rewritten: { artifact: String.raw`substring(t.artifact from 'trainings/[^/]+/attempt-\d+$')` },
  },
  {
    table: "TrainingMetric",
    file: "training-metrics.jsonl",
    ofRun: `t."trainingId" IN (SELECT m.id FROM "Training" m JOIN "Architecture" a ON a.id = m."architectureId" WHERE a."runId" = $run)`,
    order: `t."trainingId", t.step`,
    owner: `JOIN "Training" m ON m.id = t."trainingId" JOIN "Architecture" a ON a.id = m."architectureId" AND a."runId" = $run`,
    leftOut: {},
  },
  {
    table: "Reproduction",
    file: "reproductions.jsonl",
    ofRun: inRun,
    order: `t."createdAt", t.id`,
    owner: ownArchitecture,
    leftOut: {},
  },
];

/** Tables that depend on runs but are not archived, each with the reason. */
export const leftOutTables: Readonly<Record<string, string>> = {
  WebhookDelivery: "messages to addresses of the platform that sent them",
  Export: "files for other programs, which can be written again",
};

/** Returns SQL with the id of a run in the place of `$run`. @param runId a UUID, which needs no quoting */
export function withRun(sql: string, runId: string): string {
  return sql.replaceAll("$run", `'${runId}'::uuid`);
}
