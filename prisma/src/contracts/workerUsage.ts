import { z } from "zod";

const bytes = z.number().min(0);
const share = z.number().min(0);

/** One GPU that a worker's trainers are bound to; null is what its driver does not tell. */
export const gpuUsageSchema = z.object({
  /** Number of the GPU on its machine, as `nvidia-smi` shows it. */
  index: z.int().min(0),
  name: z.string(),
  /** Fraction of the time in which the GPU worked, 0–1. */
  utilisation: share.nullable(),
  /** Memory in use by all processes. */
  memoryUsedBytes: bytes.nullable(),
  memoryBytes: bytes.nullable(),
});

/** One GPU that a worker's trainers are bound to. */
export type GpuUsage = z.infer<typeof gpuUsageSchema>;

/** Processor, memory and GPUs that a worker uses, and those of its machine. */
export const workerUsageSchema = z.object({
  /** Processor time of the worker and its trainers by the time that passed: 1 is one core. Null if it cannot be read. */
  cpuShare: share.nullable(),
  /** Resident memory of the worker and its trainers; shared pages count for each. Null if it cannot be read. */
  memoryBytes: bytes.nullable(),
  /** Cores that the worker may use. */
  cores: z.int().min(1),
  /** Memory of the machine, or of the container where that has less. */
  hostMemoryBytes: bytes,
  /** Memory of the machine or container that processes may still take. */
  hostMemoryFreeBytes: bytes,
  /** GPUs that the trainers are bound to; null where they use none or cannot be asked. */
  gpus: z.array(gpuUsageSchema).nullable(),
});

/** Processor, memory and GPUs that a worker uses, and those of its machine. */
export type WorkerUsage = z.infer<typeof workerUsageSchema>;

/** Reads a stored usage; null where there is none, or one of another version that this one cannot read. */
export function readWorkerUsage(stored: unknown): WorkerUsage | null {
  return workerUsageSchema.safeParse(stored).data ?? null;
}
