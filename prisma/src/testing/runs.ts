import { bertBase, candidateCount, presetNamed, type SearchSettings } from "@opnas/core";
import type { Database } from "../client.js";
import type { Queue } from "../queue.js";
import { claimWork, type WorkClaim } from "../runs/claim.js";
import { recordEvaluation } from "../runs/evaluation.js";
import { recordGeneration } from "../runs/generation.js";
import { startRun } from "../runs/lifecycle.js";
import type { NewCandidate } from "../runs/newCandidates.js";
import { finishSuperNet } from "../runs/superNet.js";

/** Makes runs for tests of what follows a super-net: their generations and results. */
export class RunMaker {
  constructor(
    private readonly db: Database,
    private readonly queue: Queue,
    /** Worker in whose name work is claimed. */
    private readonly workerId: string,
  ) {}

  /** Claims work of a run. */
  async claim(runId: string, workKey: string): Promise<WorkClaim> {
    const taken = await claimWork(this.db, { runId, workKey, workerId: this.workerId });
    if (taken === null) throw new Error(`${workKey} could not be claimed`);
    return taken.claim;
  }

  /** Stores a run with the seed 7 whose super-net is trained. @returns its id */
  async runWithSuperNet(settings: SearchSettings, candidates = candidateCount(settings)) {
    const run = await startRun(this.db, this.queue, {
      name: "a run",
      seed: 7,
      preset: "smoke",
      settings,
    });
    const figures = { steps: 60, seconds: 3, engine: "wasm", candidates };
    await finishSuperNet(this.db, this.queue, await this.claim(run.id, "superNet"), figures);
    return run.id;
  }

  /** Stores a run whose super-net is trained and whose generation 0 has candidates of these keys. */
  async searchingRun(keys: readonly string[], changes: Partial<SearchSettings> = {}) {
    const settings = { ...presetNamed("smoke").settings, ...changes };
    const runId = await this.runWithSuperNet(settings, keys.length);
    return { runId, ids: await this.generation(runId, 0, keys) };
  }

  /** Stores a generation with candidates of these keys. @returns their ids */
  async generation(runId: string, index: number, keys: readonly string[]): Promise<string[]> {
    const claim = await this.claim(runId, `evolve:${index}`);
    const candidates = keys.map(candidateNamed);
    await recordGeneration(this.db, this.queue, claim, { index, candidates, priorities: [] });
    const rows = await this.db.architecture.findMany({
      where: { runId, reference: null, generation: { index } },
      orderBy: { indexInGeneration: "asc" },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }

  /** Claims a candidate and stores a result with this score. */
  async evaluate(runId: string, architectureId: string, score: number): Promise<void> {
    await this.record(await this.claim(runId, `evaluate:${architectureId}`), architectureId, score);
  }

  /** Stores a result with this score under a claim. */
  async record(claim: WorkClaim, architectureId: string, score: number): Promise<void> {
    await recordEvaluation(this.db, this.queue, claim, {
      architectureId,
      engine: "wasm",
      overheadSeconds: 0.02,
      result: {
        score,
        stability: "STABLE",
        heldOutLoss: 5,
        heldOutAccuracy: 0.1,
        stepSeconds: null,
        stepRatio: null,
        tokenUniformity: null,
        taskScores: [],
        timings: { trainSeconds: 1, fineTuneSeconds: 2, scoreSeconds: 1 },
      },
    });
  }
}

function candidateNamed(key: string): NewCandidate {
  return {
    architecture: bertBase,
    key,
    name: `candidate ${key}`,
    params: 10,
    flops: 20,
    parentKey: null,
    mutation: null,
  };
}
