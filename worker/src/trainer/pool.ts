import type { WorkerSettings } from "../settings.js";
import { Trainer } from "./trainer.js";

/** Each trainer's own threads: two processes of one thread outrun one of two (decision 0006). */
const threadsPerTrainer = 1;

/** The trainers of one worker, one a slot, started when first needed and kept between jobs. */
export class TrainerPool {
  private readonly idle: Trainer[] = [];
  private readonly all = new Set<Trainer>();

  constructor(private readonly settings: WorkerSettings) {}

  /** Lends a trainer for the time of `use`; a dead one is replaced by a new one. */
  async with<T>(use: (trainer: Trainer) => Promise<T>): Promise<T> {
    const trainer = this.takeIdle() ?? (await this.start());
    try {
      return await use(trainer);
    } finally {
      if (trainer.alive) this.idle.push(trainer);
      else this.all.delete(trainer);
    }
  }

  private takeIdle(): Trainer | undefined {
    const trainer = this.idle.pop();
    if (trainer === undefined || trainer.alive) return trainer;
    this.all.delete(trainer);
    return this.takeIdle();
  }

  private async start(): Promise<Trainer> {
    const trainer = await Trainer.start(this.settings, threadsPerTrainer);
    this.all.add(trainer);
    return trainer;
  }

  async end(): Promise<void> {
    await Promise.all([...this.all].map((trainer) => trainer.end()));
    this.all.clear();
  }
}
