import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { UsageMeter } from "./usageMeter.js";

const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

/** Starts a process that runs `program` and waits for its first output. */
async function started(program: string): Promise<number> {
  const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, ["-e", program], { stdio });
  children.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

/** Measures until the usage is as wanted; the test's time limit ends it otherwise. */
async function until(meter: UsageMeter, isWanted: (meter: UsageMeter) => boolean): Promise<void> {
  while (!isWanted(meter)) {
    await sleep(200);
    await meter.measure();
  }
}

test("a trainer's processor time and memory count as the worker's", async () => {
  const pids: number[] = [];
  const meter = new UsageMeter({ pids: () => pids });
  expect(meter.usage).toBeNull();
  await meter.measure();
  const alone = meter.usage?.memoryBytes ?? 0;
  expect(alone).toBeGreaterThan(10e6);

  pids.push(
    await started(
      "const taken = Buffer.alloc(200e6, 1); console.log(taken.length); for (;;) taken[0]++",
    ),
  );
  await until(meter, ({ usage }) => (usage?.cpuShare ?? 0) > 0.25);
  expect((meter.usage?.memoryBytes ?? 0) - alone).toBeGreaterThan(150e6);
  expect(meter.usage?.cpuShare).toBeLessThan(availableParallelism() + 1);
  expect(meter.usage).toMatchObject({ cores: availableParallelism(), gpus: null });
  const { hostMemoryBytes = 0, hostMemoryFreeBytes = 0 } = meter.usage ?? {};
  expect(hostMemoryBytes).toBeGreaterThan(hostMemoryFreeBytes);
  expect(hostMemoryFreeBytes).toBeGreaterThan(0);
});

test("a trainer that has ended counts no more, and hinders no measurement", async () => {
  const pid = await started("console.log(1); setInterval(() => undefined, 1000)");
  const meter = new UsageMeter({ pids: () => [pid] });
  await meter.measure();
  const before = meter.usage?.memoryBytes ?? 0;
  const child = children.at(-1);
  child?.kill("SIGKILL");
  if (child) await once(child, "exit");
  await until(meter, ({ usage }) => (usage?.memoryBytes ?? before) < before);
  expect(meter.usage?.memoryBytes).toBeGreaterThan(10e6);
});
