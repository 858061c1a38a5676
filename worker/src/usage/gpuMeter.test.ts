import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { GpuMeter } from "./gpuMeter.js";
import { UsageMeter } from "./usageMeter.js";

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-gpu-usage-"));
  environment = { PATH: `${folder}:/usr/bin:/bin` };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts an `nvidia-smi` on a path of its own that notes what it is asked and then does as the script says. */
function install(script: string): void {
  const program = path.join(folder, "nvidia-smi");
  const note = `echo "$@" > ${path.join(folder, "asked")}`;
  writeFileSync(program, `#!/bin/sh\n${note}\n${script}\n`);
  chmodSync(program, 0o755);
}

const rows = ["0, NVIDIA L4, 93, 10240, 24576", "3, NVIDIA L4, [N/A], [N/A], 24576"].join("\n");
const answer = `cat <<END\n${rows}\nEND`;
const used = [
  {
    index: 0,
    name: "NVIDIA L4",
    utilisation: 0.93,
    memoryUsedBytes: 10 * 2 ** 30,
    memoryBytes: 24 * 2 ** 30,
  },
  {
    index: 3,
    name: "NVIDIA L4",
    utilisation: null,
    memoryUsedBytes: null,
    memoryBytes: 24 * 2 ** 30,
  },
];

test("the worker's GPUs are asked for, and null is what they do not tell", async () => {
  install(answer);
  const meter = new UsageMeter({ pids: () => [], gpus: ["GPU-a", "GPU-b"] }, environment);
  await meter.measure();
  expect(meter.usage?.gpus).toEqual(used);
  expect(readFileSync(path.join(folder, "asked"), "utf8")).toContain("--id=GPU-a,GPU-b ");
});

test("the last answer is kept while there is no other, but not for long", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue(undefined);
  install(answer);
  const meter = new GpuMeter(["GPU-a"], environment);
  await meter.measure();
  install("echo No devices were found; exit 6");
  await meter.measure();
  expect(meter.usage).toEqual(used);
  install("echo of another form");
  for (let asked = 1; asked < 8; asked++) await meter.measure();
  expect(meter.usage).toBeNull();
  expect(log).toHaveBeenCalledOnce();
  install(answer);
  await meter.measure();
  expect(meter.usage).toEqual(used);
  log.mockRestore();
});

test("processes are measured while nvidia-smi hangs, and it is not started again meanwhile", async () => {
  const go = path.join(folder, "go");
  install(`echo x >> ${path.join(folder, "starts")}\nuntil [ -e ${go} ]; do sleep 0.05; done`);
  const meter = new UsageMeter({ pids: () => [], gpus: ["GPU-a"] }, environment);
  const hanging = meter.measure();
  await vi.waitUntil(() => meter.usage !== null, { timeout: 20_000 });
  await meter.measure();
  await meter.measure();
  expect(meter.usage).toMatchObject({ gpus: null });
  expect(meter.usage?.memoryBytes).toBeGreaterThan(10e6);
  writeFileSync(go, "");
  await hanging;
  expect(readFileSync(path.join(folder, "starts"), "utf8")).toBe("x\n");
});

test("a machine without nvidia-smi, and a worker without GPUs, have none", async () => {
  const without = new GpuMeter(["GPU-a"], { PATH: "/nowhere" });
  await without.measure();
  expect(without.usage).toBeNull();
  rmSync(path.join(folder, "asked"));
  await new GpuMeter([], environment).measure();
  expect(() => readFileSync(path.join(folder, "asked"))).toThrow("ENOENT");
});
