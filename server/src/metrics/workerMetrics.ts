import type { EachWorker } from "@opnas/prisma";
import { Counter, Gauge, type Registry } from "prom-client";

/** The most workers with series of their own; those behind them, by name, are summed as `other`. */
export const mostWorkers = 100;

/** Creates the series of each worker that is neither stopped nor lost, which are set at a scrape. */
export function createWorkerMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    more: readonly Label[] = [],
  ) => new Gauge({ name, help, labelNames: ["worker", ...more], registers });
  const counter = <Label extends string>(name: string, help: string, more: readonly Label[]) =>
    new Counter({ name, help, labelNames: ["worker", ...more], registers });
  const trainers = gauge(
    "opnas_worker_trainers",
    "Trainers that a worker may run at once, by worker and state (busy or free).",
    ["state"],
  );
  const cores = gauge("opnas_worker_cpu_cores", "Cores that a worker and its trainers use.");
  const memory = gauge("opnas_worker_memory_bytes", "Memory of a worker and its trainers.");
  const gpus = gauge(
    "opnas_worker_gpu_share",
    "GPUs that a worker uses, as the sum of their shares.",
  );
  const gpuMemory = gauge("opnas_worker_gpu_memory_bytes", "Memory in use on a worker's GPUs.");
  const tokens = gauge(
    "opnas_worker_tokens_per_second",
    "Tokens a second of a worker's trainings of super-nets and models under way.",
  );
  const jobs = counter(
    "opnas_worker_jobs_total",
    "Jobs that a worker has ended since it started, by worker, kind and end (done or returned to the queue).",
    ["kind", "end"],
  );
  const waits = counter(
    "opnas_worker_queue_wait_seconds_total",
    "Seconds for which these jobs could have been taken before they were, by worker and kind.",
    ["kind"],
  );
  const works = counter(
    "opnas_worker_work_seconds_total",
    "Seconds for which these jobs were worked on, by worker and kind.",
    ["kind"],
  );
  const all = [trainers, cores, memory, gpus, gpuMemory, tokens, jobs, waits, works];

  const add = (worker: string, { slots, jobs: busy, usage, work }: EachWorker): void => {
    trainers.inc({ worker, state: "busy" }, Math.min(busy, slots));
    trainers.inc({ worker, state: "free" }, Math.max(0, slots - busy));
    if (usage !== null) {
      if (usage.cpuShare !== null) cores.inc({ worker }, usage.cpuShare);
      if (usage.memoryBytes !== null) memory.inc({ worker }, usage.memoryBytes);
      for (const { utilisation, memoryUsedBytes } of usage.gpus ?? []) {
        if (utilisation !== null) gpus.inc({ worker }, utilisation);
        if (memoryUsedBytes !== null) gpuMemory.inc({ worker }, memoryUsedBytes);
      }
    }
    if (work === null) return;
    tokens.inc({ worker }, work.tokensPerSecond);
    for (const [kind, { done, returned, waitSeconds, workSeconds }] of Object.entries(work.kinds)) {
      jobs.inc({ worker, kind, end: "done" }, done);
      jobs.inc({ worker, kind, end: "returned" }, returned);
      waits.inc({ worker, kind }, waitSeconds);
      works.inc({ worker, kind }, workSeconds);
    }
  };

  return {
    /** Removes all series. */
    reset: (): void => {
      for (const metric of all) metric.reset();
    },
    /** Sets the series of workers, which are in the order of their names; those of one name are summed. */
    set: (workers: readonly EachWorker[]): void => {
      const own = [...new Set(workers.map(({ name }) => name))].slice(0, mostWorkers);
      const names = new Set(own);
      for (const each of workers) add(names.has(each.name) ? each.name : "other", each);
    },
  };
}
