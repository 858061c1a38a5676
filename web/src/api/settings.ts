import * as z from "@/security/zod";

const port = z.pipe(z.coerce.number(), z.int().check(z.minimum(1), z.maximum(65_535)));

const environmentSchema = z.object({
  OPNAS_API_PORT: z._default(port, 4000),
  OPNAS_PUBLIC_URL: z.optional(z.url({ protocol: /^https?$/ })),
});

/** Conditions on each setting, for the sentence about a bad one. */
const must: Record<string, string> = {
  OPNAS_API_PORT: "a port from 1 to 65535",
  OPNAS_PUBLIC_URL: "an address such as https://nas.example.org or https://example.org/nas",
};

export interface PortalSettings {
  apiPort: number;
  /** The address at which a proxy serves both portal and API; undefined: the API has a port of its own. */
  publicUrl: string | undefined;
}

/**
 * Reads the settings of the portal's server from its environment, at start and never at build time.
 * An empty variable counts as unset.
 * @throws Error with one line that names the setting if a value is bad.
 */
export function readSettings(environment: Record<string, string | undefined>): PortalSettings {
  const set = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = environmentSchema.safeParse(Object.fromEntries(set));
  if (parsed.success) {
    return { apiPort: parsed.data.OPNAS_API_PORT, publicUrl: parsed.data.OPNAS_PUBLIC_URL };
  }
  const name = String(parsed.error.issues[0]?.path[0]);
  throw new Error(
    `${name} must be ${must[name] ?? "valid"}, but it is "${environment[name] ?? ""}".`,
  );
}
