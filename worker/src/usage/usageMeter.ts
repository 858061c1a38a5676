import { availableParallelism, totalmem } from "node:os";
import type { WorkerUsage } from "@opnas/prisma";
import pidusage from "pidusage";
import { z } from "zod";
import { GpuMeter } from "./gpuMeter.js";

/** Milliseconds from one measurement to the next; the processor's share is the mean over them. */
const everyMilliseconds = 5_000;

/** Figures of processes by their id; a process that has ended has none. */
const processesSchema = z.record(
  z.string(),
  z.object({ cpu: z.number().min(0), memory: z.number().min(0) }).optional(),
);

/** The processes and GPUs to measure. */
export interface Measured {
  /** Process ids of the trainers at the moment. */
  pids: () => readonly number[];
  /** UUIDs of the GPUs that the trainers are bound to. */
  gpus?: readonly string[] | undefined;
}

/**
 * Measures the processor, memory and GPUs that a worker and its trainers use, every few seconds and beside
 * its reports, which take the last values: a report never waits for a measurement.
 */
export class UsageMeter {
  private processes: Pick<WorkerUsage, "cpuShare" | "memoryBytes"> | undefined;
  private readonly gpuMeter: GpuMeter;
  private readonly running = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private hasFailed = false;

  /** @param environment has the path on which `nvidia-smi` is looked for */
  constructor(
    private readonly measured: Measured,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.gpuMeter = new GpuMeter(measured.gpus ?? [], environment);
  }

  /** Measures now, which begins the span of the first share, and then regularly. */
  start(): void {
    void this.measure();
    this.timer = setInterval(() => void this.measure(), everyMilliseconds);
  }

  end(): void {
    clearInterval(this.timer);
    this.processes = undefined;
  }

  /** The last values; null before the first measurement and after the end. */
  get usage(): WorkerUsage | null {
    if (this.processes === undefined) return null;
    return { ...this.processes, ...hostUsage(), gpus: this.gpuMeter.usage };
  }

  /** Measures processes and GPUs side by side; what is still being measured is not begun again. */
  async measure(): Promise<void> {
    await Promise.all([
      this.once("processes", () => this.measureProcesses()),
      this.once("gpus", () => this.gpuMeter.measure()),
    ]);
  }

  private async once(part: string, measure: () => Promise<void>): Promise<void> {
    if (this.running.has(part)) return;
    this.running.add(part);
    await measure().finally(() => this.running.delete(part));
  }

  private async measureProcesses(): Promise<void> {
    try {
      const read: unknown = await pidusage([process.pid, ...this.measured.pids()]);
      const found = Object.values(processesSchema.parse(read)).filter((each) => each !== undefined);
      this.processes = {
        cpuShare: found.reduce((sum, { cpu }) => sum + cpu, 0) / 100,
        memoryBytes: found.reduce((sum, { memory }) => sum + memory, 0),
      };
    } catch (error) {
      this.processes = { cpuShare: null, memoryBytes: null };
      if (!this.hasFailed) {
        console.error(`The processor's use cannot be read: ${String(error)}`);
      }
      this.hasFailed = true;
    }
  }
}

/** Returns the cores and the memory of this machine, or of this container where that has less. */
function hostUsage(): Pick<WorkerUsage, "cores" | "hostMemoryBytes" | "hostMemoryFreeBytes"> {
  // 0 where no limit can be read, and more than there is where none is set.
  const limit = process.constrainedMemory();
  return {
    cores: availableParallelism(),
    hostMemoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    hostMemoryFreeBytes: process.availableMemory(),
  };
}
