import type { EndedJob, KindOfWork, WorkerWork } from "@opnas/prisma";
import { z } from "zod";
import type { Course } from "../jobs/context.js";

/** The kinds of jobs that have figures of their own; jobs of a newer program count as `other`. */
const kindSchema = z.enum(["superNet", "evaluate", "pretrain"]);
const dataSchema = z.union([
  z.object({ kind: kindSchema }).transform(({ kind }) => kind),
  z.object({ generation: z.int() }).transform(() => "evolve" as const),
]);

/** Sums the work of a worker's jobs since it started, for its reports. */
export class WorkMeter {
  private readonly kinds = new Map<string, KindOfWork>();
  private readonly underWay = new Set<Course>();

  /** The figures at present. */
  get work(): WorkerWork {
    const rates = [...this.underWay].map(({ tokensPerSecond = 0 }) => tokensPerSecond);
    const tokensPerSecond = rates.reduce((sum, rate) => sum + rate, 0);
    return { kinds: Object.fromEntries(this.kinds), tokensPerSecond };
  }

  /** Counts a job that has ended or gone back to the queue. It is bound, so that it can be a callback. */
  readonly count = ({ data, isDone, waitedSeconds, workedSeconds }: EndedJob): void => {
    const kind = dataSchema.safeParse(data).data ?? "other";
    const none = { done: 0, returned: 0, waitSeconds: 0, workSeconds: 0 };
    const { done, returned, waitSeconds, workSeconds } = this.kinds.get(kind) ?? none;
    this.kinds.set(kind, {
      done: isDone ? done + 1 : done,
      returned: isDone ? returned : returned + 1,
      waitSeconds: waitSeconds + waitedSeconds,
      workSeconds: workSeconds + workedSeconds,
    });
  };

  /** Follows the speed of a training until the returned function is called. */
  follow(course: Course): () => void {
    this.underWay.add(course);
    return () => this.underWay.delete(course);
  }
}
