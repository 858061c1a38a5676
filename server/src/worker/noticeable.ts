import type { Worker } from "./types.js";

/** Differences that nobody notices, by field: of shares in cores or of a GPU, of memory in bytes. */
const steps = new Map([
  ["cpuShare", 0.05],
  ["utilisation", 0.05],
  ["memoryBytes", 1e8],
  ["memoryUsedBytes", 1e8],
  ["hostMemoryBytes", 1e8],
  ["hostMemoryFreeBytes", 1e9],
]);

/**
 * Writes workers as JSON as far as somebody would notice a difference: without the times of their last
 * reports, and with rounded measurements.
 */
export function noticeable(workers: readonly Worker[]): string {
  return JSON.stringify(workers, (field, value: unknown) => {
    if (field === "lastSeenAt") return undefined;
    const step = steps.get(field);
    return step !== undefined && typeof value === "number" ? Math.round(value / step) : value;
  });
}
