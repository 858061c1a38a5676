import type { Again } from "@opnas/prisma";
import { z } from "zod";

/** Seconds after which a job of a newer program is offered again, to workers that understand it. */
const againInSeconds = 30;

/**
 * Wraps a job handler so that it gets jobs in their parsed form. A job that `schema` does not fit was
 * made by a newer program: it is given back, uncounted, for newer workers, and the log says so once.
 */
export function understood<Parsed>(
  schema: z.ZodType<Parsed>,
  handle: (job: { id: string; data: Parsed }) => Promise<Again | undefined>,
): (job: { id: string; data: unknown }) => Promise<Again | undefined> {
  let isTold = false;
  return async ({ id, data }) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return handle({ id, data: parsed.data });
    if (!isTold) {
      console.error(
        `A job is not understood and was given back; a newer version of OP-NAS made it. Update this worker. (${z.prettifyError(parsed.error)})`,
      );
    }
    isTold = true;
    return { againInSeconds };
  };
}
