import { artifactPlace, type ArtifactPlace, artifactVariables } from "@opnas/artifacts";
import { OpnasError, whenValid } from "@opnas/core";
import { noQuota, type RunQuota } from "@opnas/prisma";
import { logLevels } from "@opnas/telemetry";
import { z } from "zod";
import { type IdentitySettings, identitySettings, identityVariables } from "./identity/settings.js";
import { type RateLimitStore, rateLimitStores } from "./http/rateLimit.js";

const port = z.coerce
  .number({ error: "must be a port number" })
  .int("must be a whole number")
  .min(0, "must be 0 to 65535")
  .max(65_535, "must be 0 to 65535");

const settingsSchema = z.object({
  ...identityVariables,
  ...artifactVariables,
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: "must be set to an address like postgres://user:password@host:5432/database",
  }),
  OPNAS_API_PORT: port.default(4000),
  OPNAS_WEB_PORT: port.default(3000),
  // Only checked here: the log reads it before there are settings.
  OPNAS_LOG_LEVEL: z
    .enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` })
    .optional(),
  OPNAS_HOST: z
    .union([z.ipv4(), z.ipv6()], { error: "must be an IP address" })
    .default("127.0.0.1"),
  OPNAS_RATE_LIMIT: limit("must be off, or the most operations of one user a minute"),
  OPNAS_RATE_LIMIT_STORE: z
    .enum(rateLimitStores, { error: `must be one of ${rateLimitStores.join(", ")}` })
    .default("memory"),
  OPNAS_SUBSCRIPTION_LIMIT: limit("must be off, or the most subscriptions of one user"),
  OPNAS_USER_RUNS: limit("must be off, or the most live searches of one account"),
  OPNAS_TEAM_RUNS: limit("must be off, or the most live searches of one team"),
  OPNAS_INTROSPECTION: z.enum(["on", "off"], { error: "must be on or off" }).default("on"),
  OPNAS_QUERY_SECONDS: z.coerce
    .number({ error: "must be a number of seconds" })
    .min(1, "must be 1 to 300")
    .max(300, "must be 1 to 300")
    .default(10),
  OPNAS_TEXT_DIR: z.string().optional(),
  OPNAS_WEBHOOKS_PRIVATE: z
    .enum(["0", "1"], { error: "must be 1 to let webhooks call private addresses, or 0" })
    .default("0"),
  OPNAS_SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      error: "must be a mail server like smtps://user:password@mail.example.org",
    })
    .optional(),
  OPNAS_MAIL_FROM: z
    .email({ error: "must be an e-mail address like opnas@example.org" })
    .default("opnas@localhost.localdomain"),
  OPNAS_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, {
      error: "must be an address like https://nas.example.org or https://example.org/nas",
      when: whenValid,
    })
    .transform((url) => new URL(url).href.replace(/\/$/, ""))
    .optional(),
});

/** Returns a schema for a limit that can be turned off; null: it is off. */
function limit(error: string) {
  return z
    .union(
      [
        z.literal("off").transform(() => null),
        z
          .string()
          .regex(/^[1-9]\d{0,8}$/)
          .transform(Number),
      ],
      { error },
    )
    .optional();
}

/** Limits of the API that the environment may change. */
export interface ServerLimits {
  /** The most operations of one user (or address) a minute; null: any number. */
  operationsPerMinute: number | null;
  /** The place of those counts: this process, or Postgres for all processes on one database. */
  rateLimitStore: RateLimitStore;
  /** The most subscriptions of one user (or address) on this process; null: any number. */
  subscriptions: number | null;
  /** The most live searches of one account and of one team. */
  runs: RunQuota;
  /** True if clients may ask for the schema itself. */
  introspection: boolean;
  /** Seconds after which Postgres gives up a statement of the API. */
  querySeconds: number;
}

/** Limits of a server that only its own machine reaches: scripts and benches may ask as they like. */
export const localLimits: ServerLimits = {
  operationsPerMinute: null,
  rateLimitStore: "memory",
  subscriptions: null,
  runs: noQuota,
  introspection: true,
  querySeconds: 10,
};

/** The limits of one user of a server that others reach: far above what portal and scripts need. */
const sharedLimits = {
  operationsPerMinute: 6_000,
  subscriptions: 500,
  runs: { ofUser: 20, ofTeam: 100 },
};

function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

/** Reports whether an address is one of a host, or of a path below it in plain characters. */
function isPublicUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin, pathname, href } = new URL(url);
  const isPlain = /^(\/[\w.~-]+)*\/?$/.test(pathname);
  return /^https?:$/.test(protocol) && isPlain && href === `${origin}${pathname}`;
}

/** The settings of the server process. */
export interface ServerSettings {
  databaseUrl: string;
  /** The IP address that the API listens on; without accounts one that only this machine can reach. */
  host: string;
  /** The port of the API; 0 lets the system choose one. */
  port: number;
  /** The port of the portal, whose pages may call the API from a browser. */
  webPort: number;
  /** The origin at which people reach portal and API, where that is not this machine. */
  publicUrl: string | undefined;
  /** The folder in which the artifacts are where no other place is named. */
  dataFolder: string;
  /** The artifact store of the workers, of which archives are read. */
  artifacts: ArtifactPlace;
  /** The folder in which the workers look for users' texts; undefined where they lie elsewhere. */
  textFolder: string | undefined;
  /** Who may use the API. */
  identity: IdentitySettings;
  limits: ServerLimits;
  webhooks: WebhookSettings;
}

/** The settings of webhooks. */
export interface WebhookSettings {
  /** True where they may call addresses that are not of the public internet. */
  allowPrivate: boolean;
  /** The mail server; undefined where no e-mail can be sent. */
  smtpUrl: string | undefined;
  /** The sender of e-mails. */
  mailFrom: string;
}

/**
 * Reads the server's settings from the environment.
 * @throws OpnasError `BAD_SETTING` that names the variable
 */
export function readSettings(environment: NodeJS.ProcessEnv): ServerSettings {
  const set = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = settingsSchema.safeParse(Object.fromEntries(set));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new OpnasError(
      "BAD_SETTING",
      `${issue?.path.join(".") ?? "The environment"} ${issue?.message ?? "is not usable"}.`,
    );
  }
  const { data } = parsed;
  const dataFolder = data.OPNAS_DATA_DIR ?? ".data";
  const usual = isLoopback(data.OPNAS_HOST) ? localLimits : sharedLimits;
  const given = (value: number | null | undefined, otherwise: number | null) =>
    value === undefined ? otherwise : value;
  const artifacts = artifactPlace(data, dataFolder);
  return {
    databaseUrl: data.DATABASE_URL,
    host: data.OPNAS_HOST,
    port: data.OPNAS_API_PORT,
    webPort: data.OPNAS_WEB_PORT,
    publicUrl: data.OPNAS_PUBLIC_URL,
    dataFolder,
    artifacts,
    // Workers that share a bucket read texts from there, too.
    textFolder: artifacts.kind === "folder" ? data.OPNAS_TEXT_DIR : undefined,
    identity: identitySettings(data, data.OPNAS_HOST),
    limits: {
      operationsPerMinute: given(data.OPNAS_RATE_LIMIT, usual.operationsPerMinute),
      rateLimitStore: data.OPNAS_RATE_LIMIT_STORE,
      subscriptions: given(data.OPNAS_SUBSCRIPTION_LIMIT, usual.subscriptions),
      runs: {
        ofUser: given(data.OPNAS_USER_RUNS, usual.runs.ofUser),
        ofTeam: given(data.OPNAS_TEAM_RUNS, usual.runs.ofTeam),
      },
      introspection: data.OPNAS_INTROSPECTION === "on",
      querySeconds: data.OPNAS_QUERY_SECONDS,
    },
    webhooks: {
      allowPrivate: data.OPNAS_WEBHOOKS_PRIVATE === "1",
      smtpUrl: data.OPNAS_SMTP_URL,
      mailFrom: data.OPNAS_MAIL_FROM,
    },
  };
}
