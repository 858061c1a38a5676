import { z } from "zod";

const port = z.coerce.number().int().min(1).max(65_535);

const environmentSchema = z.object({ OPNAS_API_PORT: port.default(4000) });

/**
 * Reads the settings of the portal's server from its environment, at start and never at build time.
 * @throws Error with one line that names the setting if a value is bad.
 */
export function readSettings(environment: Record<string, string | undefined>): { apiPort: number } {
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return { apiPort: parsed.data.OPNAS_API_PORT };
  const value = environment.OPNAS_API_PORT ?? "";
  throw new Error(`OPNAS_API_PORT must be a port from 1 to 65535, but it is "${value}".`);
}
