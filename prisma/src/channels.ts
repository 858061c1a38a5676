/** Channel of Postgres' NOTIFY; the payload is the run's id. */
export const runChannel = "opnas_run";
/** Told when a worker's row changed; the payload is the worker's id. */
export const workerChannel = "opnas_worker";
/** Told when a training or its loss curve changed; the payload is the training's id. */
export const pretrainingChannel = "opnas_training";
