import { z } from "zod";

/** The levels of processes' lines, from the fewest lines to the most. */
export const levels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
/** A level of a process's line. */
export type ProcessLevel = (typeof levels)[number];

const lineSchema = z.looseObject({
  time: z.string(),
  level: z.enum(levels),
  msg: z.string(),
  run: z.string().optional(),
  pretraining: z.string().optional(),
  job: z.string().optional(),
});

/** Choice of the lines to show. */
export interface Wanted {
  /** The id of a run or pre-training that lines must be about. */
  about?: string | undefined;
  /** The lowest level. */
  level?: ProcessLevel | undefined;
}

/** Reports whether a line of a process's log is wanted; one that is no JSON has no level and no run. */
export function isWanted(line: string, { about, level }: Wanted): boolean {
  if (line === "") return false;
  if (about === undefined && level === undefined) return true;
  const parsed = parse(line);
  if (parsed === undefined) return false;
  if (level !== undefined && levels.indexOf(parsed.level) > levels.indexOf(level)) return false;
  return about === undefined || parsed.run === about || parsed.pretraining === about;
}

/** Formats a line of a process's log for a person; one that is no JSON stays as it is. */
export function readable(line: string): string {
  const parsed = parse(line);
  if (parsed === undefined) return line;
  const { time, level, msg, run, pretraining, job } = parsed;
  const about = run ?? pretraining;
  const work = about === undefined ? "" : ` (${[about, job].filter(Boolean).join(", ")})`;
  return `${time}  ${level.padEnd(5)}  ${msg}${work}`;
}

function parse(line: string): z.infer<typeof lineSchema> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
