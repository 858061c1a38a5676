import { expect, test } from "vitest";
import { hostMemoryText, usageTexts } from "./usage";

const usage = {
  cpuShare: 1.874,
  cores: 2,
  memoryBytes: 1.43 * 2 ** 30,
  hostMemoryBytes: 16.4 * 2 ** 30,
  hostMemoryFreeBytes: 7.84 * 2 ** 30,
  gpus: null,
};
const gpu = {
  index: 0,
  name: "NVIDIA L4",
  utilisation: 0.93,
  memoryUsedBytes: 10 * 2 ** 30,
  memoryBytes: 24 * 2 ** 30,
};

test("a worker's use of processor, memory and GPUs is told in short", () => {
  expect(usageTexts(usage)).toEqual(["CPU 187% of 2 cores", "1.4 GB"]);
  expect(
    usageTexts({ ...usage, cores: 1, gpus: [gpu, { ...gpu, index: 3, utilisation: 0 }] }),
  ).toEqual(["CPU 187% of 1 core", "1.4 GB", "GPU 0 93%, 10 of 24 GB", "GPU 3 0%, 10 of 24 GB"]);
  expect(hostMemoryText(usage)).toBe("7.8 of 16 GB of the machine's memory are free");
});

test("what is not measured is left out", () => {
  const partly = { ...gpu, utilisation: null, memoryUsedBytes: null };
  expect(usageTexts({ ...usage, cpuShare: null, gpus: [partly] })).toEqual(["1.4 GB", "GPU 0"]);
  const nothing = { ...usage, cpuShare: null, memoryBytes: null, hostMemoryFreeBytes: null };
  expect(usageTexts(nothing)).toEqual([]);
  expect(hostMemoryText(nothing)).toBeUndefined();
});
