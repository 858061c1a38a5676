import { OpnasError, whenValid } from "@opnas/core";
import { logLevels } from "@opnas/telemetry";
import { z } from "zod";

const port = z.coerce
  .number({ error: "must be a port number" })
  .int("must be a whole number")
  .min(0, "must be 0 to 65535")
  .max(65_535, "must be 0 to 65535");

const settingsSchema = z.object({
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
    .refine(isOrigin, {
      error: "must be an address like https://nas.example.org, without a path",
      when: whenValid,
    })
    .transform((url) => new URL(url).origin)
    .optional(),
});

function isOrigin(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin, href } = new URL(url);
  return /^https?:$/.test(protocol) && href === `${origin}/`;
}

/** The settings of the server process. */
export interface ServerSettings {
  databaseUrl: string;
  /**
   * The IP address that the API listens on. It has no accounts, so anything but loopback belongs behind
   * what decides who may reach it (docs/deployment.md).
   */
  host: string;
  /** The port of the API; 0 lets the system choose one. */
  port: number;
  /** The port of the portal, whose pages may call the API from a browser. */
  webPort: number;
  /** The origin at which people reach portal and API, where that is not this machine. */
  publicUrl: string | undefined;
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
  return {
    databaseUrl: data.DATABASE_URL,
    host: data.OPNAS_HOST,
    port: data.OPNAS_API_PORT,
    webPort: data.OPNAS_WEB_PORT,
    publicUrl: data.OPNAS_PUBLIC_URL,
    webhooks: {
      allowPrivate: data.OPNAS_WEBHOOKS_PRIVATE === "1",
      smtpUrl: data.OPNAS_SMTP_URL,
      mailFrom: data.OPNAS_MAIL_FROM,
    },
  };
}
