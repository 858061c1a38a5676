import { Prisma } from "@opnas/prisma";

/**
 * A column of an export. A `time` is a date with milliseconds in UTC; `json` is selected as text.
 */
export interface Column {
  name: string;
  type: "text" | "number" | "integer" | "boolean" | "time" | "json";
  sql: Prisma.Sql;
}

/** Makes columns from their SQL expressions by name, all of one type. */
function columns(type: Column["type"], expressions: Record<string, string>): Column[] {
  return Object.entries(expressions).map(([name, sql]) => ({ name, type, sql: Prisma.raw(sql) }));
}

/** Columns of an architecture `x` with its run `r` and its evaluation `e`, which may be absent. */
export const architectureColumns: readonly Column[] = [
  ...columns("text", {
    id: "x.id::text",
    name: "x.name",
    key: "x.key",
    runId: 'x."runId"::text',
    runName: "r.name",
    preset: "r.preset",
    strategy: "r.strategy",
  }),
  ...columns("number", { score: "x.score" }),
  ...columns("text", { stability: "x.stability::text" }),
  ...columns("number", {
    params: "x.params",
    flops: "x.flops",
    stepSeconds: 'x."stepSeconds"',
    stepRatio: 'x."stepRatio"',
    heldOutLoss: 'e."heldOutLoss"',
    heldOutAccuracy: 'e."heldOutAccuracy"',
  }),
  ...columns("text", {
    reference: "x.reference",
    parentId: 'x."parentId"::text',
    mutation: "x.mutation",
    failureCode: 'x."failureCode"',
    failureReason: 'x."failureReason"',
    engine: "e.engine",
  }),
  ...columns("time", { createdAt: 'x."createdAt"' }),
  ...columns("json", {
    taskScores: 'e."taskScores"::text',
    timings: "e.timings::text",
    json: "x.json::text",
  }),
];

/** Columns of an architecture's place in its run: the generation's number and that within it. */
export const generationColumns: readonly Column[] = columns("integer", {
  generation: "g.index",
  indexInGeneration: 'x."indexInGeneration"',
});

/** Columns of a run `r`. */
export const runColumns: readonly Column[] = [
  ...columns("text", {
    id: "r.id::text",
    name: "r.name",
    status: "r.status::text",
    phase: "r.phase::text",
    preset: "r.preset",
    strategy: "r.strategy",
  }),
  ...columns("integer", { seed: "r.seed" }),
  ...columns("text", { engine: "r.engine" }),
  ...columns("number", { bestScore: 'r."bestScore"', superNetSeconds: 'r."superNetSeconds"' }),
  ...columns("integer", {
    failures: "r.failures",
    superNetSkipped: 'r."superNetSkipped"',
    lastSeq: 'r."lastSeq"',
  }),
  ...columns("time", {
    createdAt: 'r."createdAt"',
    startedAt: 'r."startedAt"',
    finishedAt: 'r."finishedAt"',
    archivedAt: 'r."archivedAt"',
    deletedAt: 'r."deletedAt"',
  }),
  ...columns("json", { error: "r.error::text", settings: "r.settings::text" }),
];

/** Columns of an event `v` of a run. */
export const eventColumns: readonly Column[] = [
  ...columns("text", { runId: 'v."runId"::text' }),
  ...columns("integer", { seq: "v.seq" }),
  ...columns("text", { kind: "v.kind" }),
  ...columns("time", { time: "v.time" }),
  ...columns("json", { payload: "v.payload::text" }),
];

/** Columns of an entry `e` of the audit log. */
export const auditColumns: readonly Column[] = [
  ...columns("text", { id: "e.id::text" }),
  ...columns("time", { time: "e.time" }),
  ...columns("text", {
    principalId: 'e."principalId"',
    principalName: 'e."principalName"',
    ipAddress: 'e."ipAddress"',
    action: "e.action",
    targetId: 'e."targetId"',
    outcome: "e.outcome",
  }),
];
