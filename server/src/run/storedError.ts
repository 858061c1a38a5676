import { z } from "zod";
import type { RunError } from "./types.js";

const form = z.object({ code: z.string(), message: z.string() });

/** Parses the error that is stored with a run, a pre-training or other work; null where there is none. */
export function storedError(error: unknown): RunError | null {
  return error === null ? null : form.parse(error);
}
