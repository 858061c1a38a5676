/**
 * Postgres NOTIFY channel of runs: sent when a run's events were appended, with the run's id. Of many
 * events in a quarter of a second only the first need send it (decision 0041).
 */
export const runChannel = "opnas_run";

/**
 * Postgres NOTIFY channel of workers: sent when a worker's row changed, with the worker's id. Of many
 * changes in a quarter of a second only the first need send it.
 */
export const workerChannel = "opnas_worker";

/**
 * Postgres NOTIFY channel of pre-trainings: sent when a pre-training or its loss curve changed, with
 * the pre-training's id.
 */
export const pretrainingChannel = "opnas_training";

/** Postgres NOTIFY channel of reproductions: sent when a reproduction changed, with its id. */
export const reproductionChannel = "opnas_reproduction";

/** Postgres NOTIFY channel of exports: sent when an export changed, with its id. */
export const exportChannel = "opnas_export";

/**
 * Postgres NOTIFY channel of jobs: sent when jobs were enqueued that may start at once, with the name
 * of their queue.
 */
export const jobChannel = "opnas_job";

/**
 * Postgres NOTIFY channel of claims: sent when a claim may have become void, because a run, a
 * pre-training, a reproduction or an export changed its status or another attempt took over, with its id.
 */
export const claimChannel = "opnas_claim";

/**
 * Postgres NOTIFY channel of accounts: sent by triggers when an account, its teams, sessions or API keys
 * changed so that it may have other rights, with the account's id.
 */
export const identityChannel = "opnas_identity";

/** Name of a NOTIFY channel of the platform. */
export type Channel =
  | typeof runChannel
  | typeof workerChannel
  | typeof pretrainingChannel
  | typeof reproductionChannel
  | typeof exportChannel
  | typeof jobChannel
  | typeof claimChannel
  | typeof identityChannel;
