export { collectRun, type CollectedRun } from "./archive/collect.js";
export { type ArchiveSource, type LoadedRun, loadRun } from "./archive/load.js";
export { type RunOrigin, runOriginSchema } from "./archive/origin.js";
export { archivedTables, runTable, settingsFile } from "./archive/tables.js";
export {
  dumpDatabase,
  type AppliedMigration,
  type DumpedTable,
  type DumpSummary,
  type TablePart,
} from "./backup/dump.js";
export { loadDatabase } from "./backup/load.js";
export { callerSignal, withCancellation, withoutCancellation } from "./cancellation.js";
export * from "./channels.js";
export * from "./client.js";
export * from "./clock.js";
export { eachWorker, type EachWorker } from "./eachWorker.js";
export type { KindOfWork, WorkerWork } from "./contracts/workerWork.js";
export { Crowd } from "./crowd.js";
export { connectionOptions, openPool } from "./connections.js";
export * from "./consumer.js";
export * from "./contracts/runEvents.js";
export * from "./contracts/jobs.js";
export * from "./contracts/candidateResult.js";
export * from "./contracts/pretraining.js";
export * from "./contracts/workerUsage.js";
export * from "./databaseError.js";
export { Prisma } from "./generated/client.js";
export type * from "./generated/client.js";
export * from "./identity/apiKeys.js";
export * from "./identity/audit.js";
export * from "./identity/deleteTeam.js";
export * from "./identity/invitations.js";
export * from "./identity/rights.js";
export * from "./identity/teams.js";
export * from "./lostJobs.js";
export * from "./migrate.js";
export * from "./models.js";
export * from "./notifications.js";
export * from "./probe.js";
export * from "./queue.js";
export * from "./readiness.js";
export * from "./storedFigures.js";
export * from "./retention.js";
export type { BegunCandidate, WantedCandidate } from "./runs/begin.js";
export * from "./runs/claim.js";
export * from "./runs/annotations.js";
export { type FoundEvaluation, recordEvaluation } from "./runs/evaluation.js";
export * from "./runs/extend.js";
export { joinRun } from "./runs/engines.js";
export { runOfOpenCandidate } from "./runs/openWork.js";
export * from "./runs/external.js";
export { failCandidate, failRun, giveUpRunJob, retryWork } from "./runs/failures.js";
export * from "./runs/importArchitecture.js";
export * from "./runs/newCandidates.js";
export * from "./runs/generation.js";
export * from "./runs/history.js";
export * from "./runs/historyRow.js";
export {
  changeRunState,
  finishRun,
  settingsOfRun,
  startRun,
  type NewRun,
  type RunAction,
} from "./runs/lifecycle.js";
export * from "./runs/purge.js";
export * from "./runs/quota.js";
export * from "./runs/row.js";
export * from "./runs/superNet.js";
export {
  archiveRun,
  deleteRun,
  restoreRun,
  visibilityOf,
  type RunVisibility,
} from "./runs/visibility.js";
export * from "./runs/waiting.js";
export { RunWriter } from "./runs/writer.js";
export * from "./orders/claim.js";
export * from "./orders/failures.js";
export { orderKinds, type OrderKind, type OrderName, orderOf } from "./orders/kinds.js";
export * from "./exports/claim.js";
export { modelFacts, type ModelFacts } from "./exports/facts.js";
export * from "./exports/formats.js";
export * from "./exports/start.js";
export * from "./pretrainings/claim.js";
export * from "./pretrainings/lifecycle.js";
export * from "./pretrainings/progress.js";
export * from "./reproductions/claim.js";
export * from "./reproductions/start.js";
export * from "./views.js";
export * from "./waitForDatabase.js";
export * from "./workers.js";
