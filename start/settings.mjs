import path from "node:path";
import { z } from "zod";
import { basePathOf } from "./basePath.mjs";
import { refuseOpenHost } from "./openHost.mjs";
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
  rateLimit: {
    name: "OPNAS_RATE_LIMIT",
    schema: z
      .string()
      .regex(/^(off|[1-9]\d{0,8})$/)
      .optional(),
    must: "off, or the most operations of one user a minute",
  },
  rateLimitStore: {
    name: "OPNAS_RATE_LIMIT_STORE",
    schema: z.enum(["memory", "postgres"]).optional(),
    must: "memory or postgres",
  },
  subscriptionLimit: {
    name: "OPNAS_SUBSCRIPTION_LIMIT",
    schema: z
      .string()
      .regex(/^(off|[1-9]\d{0,8})$/)
      .optional(),
    must: "off, or the most subscriptions of one user",
  },
  userRuns: {
    name: "OPNAS_USER_RUNS",
    schema: z
      .string()
      .regex(/^(off|[1-9]\d{0,8})$/)
      .optional(),
    must: "off, or the most live searches of one account",
  },
  teamRuns: {
    name: "OPNAS_TEAM_RUNS",
    schema: z
      .string()
      .regex(/^(off|[1-9]\d{0,8})$/)
      .optional(),
    must: "off, or the most live searches of one team",
  },
  introspection: {
    name: "OPNAS_INTROSPECTION",
    schema: z.enum(["on", "off"]).optional(),
    must: "on or off",
  },
  querySeconds: {
    name: "OPNAS_QUERY_SECONDS",
    schema: z.coerce.number().min(1).max(300).optional(),
    must: "a number of seconds from 1 to 300",
  },
  logLevel: {
    name: "OPNAS_LOG_LEVEL",
    schema: z.enum(logLevels).default("info"),
    must: `${logLevels.slice(0, -1).join(", ")} or ${logLevels.at(-1)}`,
  },
  host: {
    name: "OPNAS_HOST",
    schema: z.union([z.ipv4(), z.ipv6()]).default("127.0.0.1"),
    must: "an IP address",
  },
  auth: {
    name: "OPNAS_AUTH",
    schema: z.enum(["local", "accounts"]).default("local"),
    must: "local or accounts",
  },
  authSecret: {
    name: "OPNAS_AUTH_SECRET",
    schema: z.string().min(32).optional(),
    must: "a secret of 32 characters or more, e.g. of openssl rand -hex 32",
  },
  localToken: {
    name: "OPNAS_LOCAL_TOKEN",
    schema: z.enum(["others", "required", "off"]).default("others"),
    must: "others, required or off",
  },
  token: { name: "OPNAS_TOKEN", schema: z.string().optional(), must: "an API key" },
  publicUrl: {
    name: "OPNAS_PUBLIC_URL",
    schema: z.url({ protocol: /^https?$/ }).optional(),
    must: "an address such as https://nas.example.org or https://example.org/nas",
  },
  trustedProxies: {
    name: "OPNAS_TRUSTED_PROXIES",
    schema: z.string().optional(),
    must: "IP addresses or networks, with commas between",
  },
  oidcIssuer: {
    name: "OPNAS_OIDC_ISSUER",
    schema: z.url({ protocol: /^https?$/ }).optional(),
    must: "the address of a provider of OpenID Connect",
  },
  oidcClientId: { name: "OPNAS_OIDC_CLIENT_ID", schema: z.string().optional(), must: "a name" },
  oidcClientSecret: {
    name: "OPNAS_OIDC_CLIENT_SECRET",
    schema: z.string().optional(),
    must: "a secret",
  },
  databaseUrl: {
    name: "DATABASE_URL",
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    must: "a Postgres address such as postgresql://user:password@host:5432/database",
  },
};
/** @type {readonly { name: string, schema: z.ZodType, must: string }[]} */
const all = Object.values(known);
const names = all.map(({ name }) => name);

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
 * @property {"others" | "required" | "off"} localToken
 * @property {string} basePath the path of the portal's pages below its host, such as /nas; "" for none
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
  // Most are only checked here: the engine's installer, the server and the worker read them.
  for (const setting of all) value(env, setting);
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
    localToken: value(env, known.localToken),
    basePath: basePathOf(value(env, known.publicUrl)),
  };
  refuseOpenHost(value(env, known.host), value(env, known.auth), value(env, known.authSecret));
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
  // An address may hold a password: it is not repeated, nor is a secret.
  const isSecret = /^(DATABASE_URL|OPNAS_SMTP_URL)$|SECRET$/.test(name);
  const shown = isSecret ? "not readable" : JSON.stringify(given);
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
