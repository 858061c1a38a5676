import { z } from "zod";

/** The archive that a run was imported from, as its row keeps it. */
export const runOriginSchema = z.object({
  /** Checksum of the archive's rows, by which the same archive is known again. */
  digest: z.string(),
  /** Id of the database that it was made from. */
  database: z.string(),
  /** Version of the program that made it. */
  program: z.string(),
  /** Time at which it was made, in ISO form. */
  madeAt: z.string(),
  /** Time at which it was imported, in ISO form. */
  importedAt: z.string(),
  /** State of the run in the archive. */
  status: z.string(),
});

/** The archive that a run was imported from. */
export type RunOrigin = z.infer<typeof runOriginSchema>;
