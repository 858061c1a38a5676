import { OpnasError } from "@opnas/core";
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
});

/** The settings of the server process. */
export interface ServerSettings {
  databaseUrl: string;
  /** The port of the API on 127.0.0.1; 0 lets the system choose one. */
  port: number;
  /** The port of the portal, whose pages may call the API from a browser. */
  webPort: number;
}

/**
 * Reads the server's settings from the environment.
 * @throws OpnasError `BAD_SETTING` that names the variable
 */
export function readSettings(environment: NodeJS.ProcessEnv): ServerSettings {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new OpnasError(
      "BAD_SETTING",
      `${issue?.path.join(".") ?? "The environment"} ${issue?.message ?? "is not usable"}.`,
    );
  }
  const { DATABASE_URL, OPNAS_API_PORT, OPNAS_WEB_PORT } = parsed.data;
  return { databaseUrl: DATABASE_URL, port: OPNAS_API_PORT, webPort: OPNAS_WEB_PORT };
}
