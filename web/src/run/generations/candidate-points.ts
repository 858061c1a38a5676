import * as z from "@/security/zod";
import type { GenerationWithCandidates } from "@/run/queries";

export interface Point {
  id: string;
  name: string;
  /**
   * Generation plus a small offset, so that candidates of one generation do not cover each other.
   */
  x: number;
  generation: number;
  score: number;
}

const offsetWidth = 0.5;

/**
 * Returns the scored candidates as points. The offset depends only on a candidate's index, so no
 * point ever moves sideways.
 */
export function candidatePoints(generations: readonly GenerationWithCandidates[]): Point[] {
  return generations.flatMap(({ index, size, candidates }) =>
    candidates.flatMap(({ id, name, score, indexInGeneration }) =>
      score === null
        ? []
        : [
            {
              id,
              name,
              score,
              generation: index,
              x: index + offsetWidth * ((indexInGeneration + 0.5) / Math.max(1, size) - 0.5),
            },
          ],
    ),
  );
}

const settingsSchema = z.object({ generations: z.int() });
const maxPlanned = 24;

/**
 * Returns the last generation on the axis: the search's last one, or the newest if the search has
 * very many.
 */
export function lastGeneration(settings: unknown, newest: number): number {
  const parsed = settingsSchema.safeParse(settings);
  const planned =
    parsed.success && parsed.data.generations <= maxPlanned ? parsed.data.generations : 1;
  return Math.max(newest, planned, 1);
}
