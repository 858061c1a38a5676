import path from "node:path";
import { z } from "zod";
import { UserError } from "./userError.mjs";

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(65_535));

/** The values of OPNAS_ENGINE: the engines, best first, and `auto` for the best that runs. */
const engines = /** @type {const} */ (["auto", "tensorflow-gpu", "tensorflow", "wasm"]);

/** The values of OPNAS_LOG_LEVEL, from the fewest lines to the most. */
const logLevels = /** @type {const} */ (["fatal", "error", "warn", "info", "debug", "trace"]);

/** Every setting of the environment: its name, its schema and, for the message, what it must be. */
const known = {
  apiPort: {
    name: "OPNAS_API_PORT",
    schema: port.default(4000),
    must: "a port number from 1 to 65535",
  },
  webPort: {
    name: "OPNAS_WEB_PORT",
    schema: port.default(3000),
    must: "a port number from 1 to 65535",
  },
  dataFolder: { name: "OPNAS_DATA_DIR", schema: z.string().default(".data"), must: "a folder" },
  artifacts: {
    name: "OPNAS_ARTIFACTS",
    schema: z
      .string()
      .regex(/^(s3:\/\/[^/]|(?!.*:\/\/))/)
      .optional(),
    must: "a folder, or the address of a bucket such as s3://bucket/prefix",
  },
  artifactsCache: {
    name: "OPNAS_ARTIFACTS_CACHE_GB",
    schema: z.coerce.number().positive().max(1e6).optional(),
    must: "a number of gigabytes above 0",
  },
  textFolder: { name: "OPNAS_TEXT_DIR", schema: z.string().optional(), must: "a folder" },
  cacheFolder: { name: "OPNAS_CACHE_DIR", schema: z.string().optional(), must: "a folder" },
  engine: {
    name: "OPNAS_ENGINE",
    schema: z.enum(engines).default("auto"),
    must: `${engines.slice(0, -1).join(", ")} or ${engines.at(-1)}`,
  },
  workers: {
    name: "OPNAS_WORKERS",
    schema: z
      .string()
      .regex(/^\d{1,2}$/)
      .transform(Number)
      .pipe(z.int().min(1).max(64))
      .default(1),
    must: "a number of worker processes from 1 to 64",
  },
  workerSlots: {
    name: "OPNAS_WORKER_SLOTS",
    schema: z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .pipe(z.int().min(1).max(256))
      .optional(),
    must: "a number of trainings side by side in one worker, from 1 to 256",
  },
  gpus: {
    name: "OPNAS_GPUS",
    schema: z
      .string()
      .regex(/^(all|none|[\dA-Za-z-]+(\s*,\s*[\dA-Za-z-]+)*)$/)
      .optional(),
    must: "all, none, or a list of GPUs such as 0,2",
  },
  trainersPerGpu: {
    name: "OPNAS_TRAINERS_PER_GPU",
    schema: z
      .string()
      .regex(/^\d{1,2}$/)
      .transform(Number)
      .pipe(z.int().min(1).max(64))
      .optional(),
    must: "a number of trainings side by side on one GPU, from 1 to 64",
  },
  workerName: {
    name: "OPNAS_WORKER_NAME",
    schema: z.string().max(100).optional(),
    must: "a name of at most 100 letters",
  },
  retention: {
    name: "OPNAS_RETENTION",
    schema: z.string().optional(),
    must: "assignments such as deletedDays=30",
  },
  webhooksPrivate: {
    name: "OPNAS_WEBHOOKS_PRIVATE",
    schema: z.enum(["0", "1"]).optional(),
    must: "1 to let webhooks call private addresses, or 0",
  },
  smtpUrl: {
    name: "OPNAS_SMTP_URL",
    schema: z.url({ protocol: /^smtps?$/ }).optional(),
    must: "a mail server such as smtps://user:password@mail.example.org",
  },
  mailFrom: {
    name: "OPNAS_MAIL_FROM",
    schema: z.email().optional(),
    must: "an e-mail address such as opnas@example.org",
  },
  firstRun: {
    name: "OPNAS_FIRST_RUN",
    schema: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .default("tiny"),
    must: "off, or the name of a preset such as tiny",
  },
  logLevel: {
    name: "OPNAS_LOG_LEVEL",
    schema: z.enum(logLevels).default("info"),
    must: `${logLevels.slice(0, -1).join(", ")} or ${logLevels.at(-1)}`,
  },
  databaseUrl: {
    name: "DATABASE_URL",
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    must: "a Postgres address such as postgresql://user:password@host:5432/database",
  },
};
const names = Object.values(known).map(({ name }) => name);

/**
 * @typedef {object} Settings
 * @property {number} apiPort
 * @property {number} webPort
 * @property {string} dataFolder absolute
 * @property {string} textFolder absolute
 * @property {string | undefined} artifacts an absolute folder or the address of a bucket
 * @property {string} engine
 * @property {number} workers
 * @property {string} firstRun a preset's name, or "off"
 * @property {string | undefined} databaseUrl
 */

/**
 * Reads and checks the settings of the environment. Relative folders are relative to the repository.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root the repository
 * @returns {Settings}
 * @throws {UserError} when a setting is unknown or has a value that it cannot have
 */
export function readSettings(env, root) {
  for (const name of Object.keys(env)) {
    if (name.startsWith("OPNAS_") && !names.includes(name))
      throw new UserError(unknownSetting(name));
  }
  // Only checked here: the engine's installer, the server and the worker read them.
  value(env, known.cacheFolder);
  value(env, known.artifactsCache);
  value(env, known.workerSlots);
  value(env, known.workerName);
  value(env, known.gpus);
  value(env, known.trainersPerGpu);
  value(env, known.logLevel);
  value(env, known.webhooksPrivate);
  value(env, known.smtpUrl);
  value(env, known.mailFrom);
  const dataFolder = path.resolve(root, value(env, known.dataFolder));
  const artifacts = value(env, known.artifacts);
  const settings = {
    apiPort: value(env, known.apiPort),
    webPort: value(env, known.webPort),
    dataFolder,
    textFolder: path.resolve(root, value(env, known.textFolder) ?? path.join(dataFolder, "text")),
    artifacts: artifacts?.includes("://") === false ? path.resolve(root, artifacts) : artifacts,
    engine: value(env, known.engine),
    workers: value(env, known.workers),
    firstRun: value(env, known.firstRun),
    databaseUrl: value(env, known.databaseUrl),
  };
  if (settings.apiPort === settings.webPort) {
    throw new UserError(
      `OPNAS_API_PORT and OPNAS_WEB_PORT are both ${settings.apiPort}: give them two different ports.`,
    );
  }
  return settings;
}

/**
 * @template T
 * @param {NodeJS.ProcessEnv} env
 * @param {{ name: string, schema: z.ZodType<T>, must: string }} setting
 * @returns {T}
 */
function value(env, { name, schema, must }) {
  const given = env[name] === "" ? undefined : env[name];
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  // An address may hold a password: it is not repeated.
  const isAddress = name === "DATABASE_URL" || name === "OPNAS_SMTP_URL";
  const shown = isAddress ? "not readable" : JSON.stringify(given);
  throw new UserError(`${name} is ${shown}: it must be ${must}.`);
}

/** @param {string} name */
function unknownSetting(name) {
  const ours = names.filter((each) => each.startsWith("OPNAS_"));
  const near = ours.find((each) => each.includes(name.slice(6)) || name.includes(each.slice(6)));
  const hint =
    near === undefined ? `the settings are ${ours.join(", ")}.` : `did you mean ${near}?`;
  return `${name} is not a setting of this platform: ${hint}`;
}
