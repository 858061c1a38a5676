import { gigabytes, plural } from "@/format/number";
import type { Worker } from "./queries";

type Usage = Pick<
  Worker,
  "cpuShare" | "cores" | "memoryBytes" | "hostMemoryBytes" | "hostMemoryFreeBytes" | "gpus"
>;
type Gpu = NonNullable<Usage["gpus"]>[number];

/**
 * Formats what a worker uses: "CPU 187% of 2 cores", "1.4 GB", "GPU 0 93%, 10 of 24 GB". What is not
 * measured is left out.
 */
export function usageTexts({ cpuShare, cores, memoryBytes, gpus }: Usage): string[] {
  const parts: string[] = [];
  if (cpuShare !== null && cores !== null) {
    parts.push(`CPU ${wholePercent(cpuShare)} of ${plural(cores, "core")}`);
  }
  if (memoryBytes !== null) parts.push(`${gigabytes(memoryBytes)} GB`);
  for (const gpu of gpus ?? []) parts.push(gpuText(gpu));
  return parts;
}

function gpuText({ index, utilisation, memoryUsedBytes, memoryBytes }: Gpu): string {
  const share = utilisation === null ? "" : ` ${wholePercent(utilisation)}`;
  if (memoryUsedBytes === null || memoryBytes === null) return `GPU ${index}${share}`;
  return `GPU ${index}${share}, ${gigabytes(memoryUsedBytes)} of ${gigabytes(memoryBytes)} GB`;
}

/** Formats the memory of a worker's machine; undefined where it is not known. */
export function hostMemoryText({
  hostMemoryBytes,
  hostMemoryFreeBytes,
}: Usage): string | undefined {
  if (hostMemoryBytes === null || hostMemoryFreeBytes === null) return undefined;
  return `${gigabytes(hostMemoryFreeBytes)} of ${gigabytes(hostMemoryBytes)} GB of the machine's memory are free`;
}

function wholePercent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
