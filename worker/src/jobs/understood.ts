import { pretrainSettingsSchema, searchSettingsSchema } from "@opnas/core";
import {
  type Again,
  type Database,
  type EvolveJob,
  type OrderJob,
  orderOf,
  type TrainerJob,
} from "@opnas/prisma";
import { z } from "zod";

/** Seconds after which a job of a newer program is offered again, to workers that understand it. */
const againInSeconds = 30;

/**
 * Wraps a job handler so that it gets jobs in their parsed form. A job that `schema` does not fit, or
 * whose work has settings that this program does not know, was made by a newer one: it is given back,
 * uncounted, for newer workers, and the log says so once.
 * @param problemOf returns why a job's work cannot be done by this program, or undefined
 */
export function understood<Parsed>(
  schema: z.ZodType<Parsed>,
  problemOf: (job: Parsed) => Promise<string | undefined>,
  handle: (job: { id: string; data: Parsed }) => Promise<Again | undefined>,
): (job: { id: string; data: unknown }) => Promise<Again | undefined> {
  let isTold = false;
  return async ({ id, data }) => {
    const parsed = schema.safeParse(data);
    const problem = parsed.success
      ? await problemOf(parsed.data)
      : z.prettifyError(parsed.error).replaceAll("\n", " ");
    if (parsed.success && problem === undefined) return handle({ id, data: parsed.data });
    if (!isTold) {
      console.error(
        `A job is not understood and was given back; a newer version of OP-NAS made it. Update this worker. (${problem ?? ""})`,
      );
    }
    isTold = true;
    return { againInSeconds };
  };
}

/**
 * Milliseconds for which what was found about the settings of a run or pre-training is used again: while work is
 * under way nothing changes them, and an extension only by numbers.
 */
const keptMilliseconds = 30_000;

/**
 * Looks whether this program understands the settings of jobs' runs and pre-trainings. Jobs of one run
 * are answered by one look now and then.
 */
export class SettingsLooks {
  private readonly kept = new Map<string, Promise<string | undefined>>();

  constructor(private readonly db: Database) {}

  /**
   * Returns what this program does not understand of the settings of a job's run or pre-training, or
   * undefined. A setting that it does not know must not be overlooked: the results would be others.
   */
  problemOf(job: TrainerJob | EvolveJob): Promise<string | undefined> {
    const id = jobSubject(job);
    const known = this.kept.get(id);
    if (known !== undefined) return known;
    const found = settingsProblem(this.db, job);
    this.kept.set(id, found);
    // Whoever asked hears of an error; the next asks again.
    found.catch(() => this.kept.delete(id));
    setTimeout(() => this.kept.delete(id), keptMilliseconds).unref();
    return found;
  }
}

/** Returns the id of the run or order that a job is about. */
function jobSubject(job: TrainerJob | EvolveJob): string {
  return "runId" in job ? job.runId : orderOf(job).id;
}

async function settingsProblem(
  db: Database,
  job: TrainerJob | EvolveJob,
): Promise<string | undefined> {
  const stored = await storedSettings(db, job);
  if (stored === undefined) return undefined;
  const schema = "trainingId" in job ? pretrainSettingsSchema : searchSettingsSchema;
  const parsed = schema.safeParse(stored);
  return parsed.success ? undefined : z.prettifyError(parsed.error).replaceAll("\n", " ");
}

async function storedSettings(db: Database, job: TrainerJob | EvolveJob): Promise<unknown> {
  const select = { settings: true } as const;
  if ("trainingId" in job) {
    return (await db.pretraining.findUnique({ where: { id: job.trainingId }, select }))?.settings;
  }
  const where = "runId" in job ? { id: job.runId } : { architectures: { some: ordered(job) } };
  return (await db.searchRun.findFirst({ where, select }))?.settings;
}

/** Returns the condition that an architecture is the one that an order is about. */
function ordered(job: OrderJob) {
  const { kind, id } = orderOf(job);
  const some = { some: { id } };
  if (kind === "reproduce") return { reproductions: some };
  return kind === "export" ? { exports: some } : { pretrainings: some };
}
