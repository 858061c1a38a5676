import type { WorkerSettings } from "../settings.js";
import { Trainer } from "./trainer.js";

/** Each trainer's own threads: two processes of one thread outrun one of two (decision 0006). */
const threadsPerTrainer = 1;

/** The settings that a pool of trainers needs. */
export type PoolSettings = Pick<WorkerSettings, "engine" | "gpus" | "slots"> & {
  /** Program of each trainer's process; the real one by default. */
  program?: string;
};

/** A trainer as its worker's jobs use it. */
export type TrainerHandle = Pick<Trainer, "engine" | "alive" | "run">;

/** The trainers of one worker. */
export interface Trainers {
  /** Lends a trainer for the time of `use`. */
  with<T>(use: (trainer: TrainerHandle) => Promise<T>): Promise<T>;
  /** Process ids of those that run. */
  readonly pids: readonly number[];
  /** Ends all trainers, with the worker. */
  end(): Promise<void>;
}

/**
 * The trainers of one worker, one a slot, started when first needed and kept between jobs. Where the
 * worker has GPUs, each trainer sees only the one that had the fewest trainers when it started.
 */
export class TrainerPool implements Trainers {
  private readonly idle: Trainer[] = [];
  /** Every trainer with its GPU; those that start are counted by a key of their own. */
  private readonly gpuOf = new Map<unknown, string | undefined>();
  private readonly all = new Set<Trainer>();

  constructor(private readonly settings: PoolSettings) {}

  /** Lends a trainer for the time of `use`; a dead one is replaced by a new one. */
  async with<T>(use: (trainer: Trainer) => Promise<T>): Promise<T> {
    const trainer = (await this.takeIdle()) ?? (await this.start());
    try {
      return await use(trainer);
    } finally {
      if (trainer.alive) this.idle.push(trainer);
      else await this.remove(trainer);
    }
  }

  get pids(): number[] {
    return [...this.all].flatMap(({ alive, pid }) => (alive && pid !== undefined ? [pid] : []));
  }

  private async takeIdle(): Promise<Trainer | undefined> {
    const trainer = this.idle.pop();
    if (trainer === undefined || trainer.alive) return trainer;
    await this.remove(trainer);
    return this.takeIdle();
  }

  private async start(): Promise<Trainer> {
    const gpu = this.freestGpu();
    const place = Symbol("a trainer that starts");
    this.gpuOf.set(place, gpu);
    try {
      const trainer = await Trainer.start(
        { ...this.settings, environment: this.gpuEnvironment(gpu) },
        threadsPerTrainer,
      );
      this.all.add(trainer);
      this.gpuOf.set(trainer, gpu);
      return trainer;
    } finally {
      this.gpuOf.delete(place);
    }
  }

  /** Returns the GPU with the fewest trainers, the first of several; undefined without GPUs. */
  private freestGpu(): string | undefined {
    const taken = [...this.gpuOf.values()];
    const load = (gpu: string) => taken.filter((each) => each === gpu).length;
    return this.settings.gpus?.toSorted((a, b) => load(a) - load(b))[0];
  }

  /** Returns the variables that bind a trainer to its GPU; without `gpus` they stay as they are. */
  private gpuEnvironment(gpu: string | undefined): NodeJS.ProcessEnv {
    const { gpus, slots } = this.settings;
    if (gpus === undefined) return {};
    if (gpu === undefined) return { CUDA_VISIBLE_DEVICES: "-1" };
    // TensorFlow takes a GPU's whole memory at its start, unless it is told to take what it needs.
    const isShared = slots > gpus.length;
    return {
      CUDA_VISIBLE_DEVICES: gpu,
      ...(isShared ? { TF_FORCE_GPU_ALLOW_GROWTH: "true" } : {}),
    };
  }

  /** Ends a trainer that is no longer of use, and frees its GPU. */
  private async remove(trainer: Trainer): Promise<void> {
    await trainer.end();
    this.all.delete(trainer);
    this.gpuOf.delete(trainer);
  }

  async end(): Promise<void> {
    await Promise.all([...this.all].map((trainer) => this.remove(trainer)));
  }
}
