import { z } from "zod";
import type { GenerationWithCandidates } from "@/run/queries";

export interface Point {
  id: string;
  name: string;
  /** Generation, spread a little so that candidates of one generation do not cover each other. */
  x: number;
  generation: number;
  score: number;
}

const spread = 0.5;

/** The scored candidates as points; the spread depends only on a candidate's place, so no point ever jumps. */
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
              x: index + spread * ((indexInGeneration + 0.5) / Math.max(1, size) - 0.5),
            },
          ],
    ),
  );
}

const settingsSchema = z.object({ generations: z.int() });
const mostAhead = 24;

/** Newest generation that the axis makes room for: the last one of the search, unless that is far off. */
export function lastGeneration(settings: unknown, newest: number): number {
  const parsed = settingsSchema.safeParse(settings);
  const planned =
    parsed.success && parsed.data.generations <= mostAhead ? parsed.data.generations : 1;
  return Math.max(newest, planned, 1);
}
