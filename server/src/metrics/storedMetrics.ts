import {
  candidateFigures,
  databaseError,
  eachWorker,
  EvaluationTotals,
  jobFigures,
  jobKinds,
  type Probe,
  runFigures,
  workerFigures,
} from "@opnas/prisma";
import type { Log } from "../log.js";
import type { Metrics } from "./metrics.js";

const runStatuses = ["QUEUED", "RUNNING", "PAUSED", "DONE", "FAILED", "CANCELLED"];
const workerStatuses = ["starting", "idle", "busy", "stopped", "lost"];

/**
 * Sets the metrics that are read from the database. What cannot be read is left out of the scrape, the
 * rest is there: an outage is a number to be seen, not a failure of whoever looks.
 */
export class StoredMetrics {
  private readonly totals: EvaluationTotals;
  private reading: Promise<void> | undefined;
  private isOutage = false;

  constructor(
    private readonly probe: Probe,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.totals = new EvaluationTotals(probe);
  }

  /** Reads all of them; callers at the same time share one reading. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(): Promise<void> {
    const { databaseUp, jobs, oldestWaitingJob, runs, workers, workerSlots, candidates } =
      this.metrics;
    for (const gauge of [jobs, oldestWaitingJob, runs, workers, workerSlots, candidates]) {
      gauge.reset();
    }
    this.metrics.eachWorker.reset();
    try {
      await this.readJobs();
      await this.readRuns();
      await this.readWorkers();
      await this.readCandidates();
      databaseUp.set(1);
      this.isOutage = false;
    } catch (error) {
      databaseUp.set(0);
      if (!this.isOutage) this.log.error(`Metrics lack figures: ${databaseError(error).message}`);
      this.isOutage = true;
    }
  }

  private async readJobs(): Promise<void> {
    const { jobs, oldestWaitingJob } = this.metrics;
    const found = await jobFigures(this.probe);
    for (const [queue, kinds] of Object.entries(jobKinds)) {
      for (const kind of kinds) {
        for (const state of ["waiting", "active"]) jobs.set({ queue, kind, state }, 0);
        oldestWaitingJob.set({ queue, kind }, 0);
      }
    }
    for (const { queue, kind, waiting, active, oldestSeconds } of found) {
      jobs.set({ queue, kind, state: "waiting" }, waiting);
      jobs.set({ queue, kind, state: "active" }, active);
      oldestWaitingJob.set({ queue, kind }, oldestSeconds);
    }
  }

  private async readRuns(): Promise<void> {
    const found = await runFigures(this.probe);
    for (const status of runStatuses) this.metrics.runs.set({ status }, 0);
    for (const { status, runs } of found) this.metrics.runs.set({ status }, runs);
  }

  private async readWorkers(): Promise<void> {
    this.metrics.eachWorker.set(await eachWorker(this.probe));
    const found = await workerFigures(this.probe);
    const { workers, workerSlots } = this.metrics;
    for (const status of workerStatuses) {
      workers.set({ status }, 0);
      workerSlots.set({ status }, 0);
    }
    for (const { status, ...each } of found) {
      workers.set({ status }, each.workers);
      workerSlots.set({ status }, each.slots);
    }
  }

  private async readCandidates(): Promise<void> {
    const { candidates, evaluations, evaluationSeconds } = this.metrics;
    const found = await candidateFigures(this.probe);
    candidates.set({ result: "evaluated" }, found?.evaluated ?? 0);
    candidates.set({ result: "failed" }, found?.failed ?? 0);
    const { evaluations: count, ...parts } = await this.totals.read();
    evaluations.reset();
    evaluations.inc(count);
    evaluationSeconds.reset();
    for (const [part, seconds] of Object.entries(parts)) evaluationSeconds.inc({ part }, seconds);
  }
}
