import { z } from "zod";

const count = z.int().min(0);
const seconds = z.number().min(0);

/** Jobs of one kind that a worker has ended since it started. */
export const kindOfWorkSchema = z.object({
  /** Jobs that came to their end. */
  done: count,
  /** Jobs that went back to the queue: their work was paused or failed, or it is another worker's. */
  returned: count,
  /** Seconds for which these jobs could have been taken before they were. */
  waitSeconds: seconds,
  /** Seconds for which they were worked on. */
  workSeconds: seconds,
});

/** Work that a worker has done since it started, by kind of job, and what its trainings do at present. */
export const workerWorkSchema = z.object({
  kinds: z.record(z.string(), kindOfWorkSchema),
  /** Tokens a second of the trainings of super-nets and models under way; 0 where there are none. */
  tokensPerSecond: z.number().min(0),
});

/** Jobs of one kind that a worker has ended since it started. */
export type KindOfWork = z.infer<typeof kindOfWorkSchema>;

/** Work that a worker has done since it started. */
export type WorkerWork = z.infer<typeof workerWorkSchema>;
