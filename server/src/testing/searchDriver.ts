import { randomUUID } from "node:crypto";
import {
  presetNamed,
  type Proposal,
  type Architecture as Backbone,
  type OperationPriority,
  searchContext,
  type SearchSettings,
  strategies,
  taskCatalog,
} from "@opnas/core";
import {
  candidateOf,
  type WorkClaim,
  claimWork,
  type Database,
  finishRun,
  finishSuperNet,
  type NewReference,
  type Queue,
  recordEvaluation,
  recordGeneration,
  referencesOf,
  reportWorker,
  searchHistory,
  type SearchRun,
  settingsOfRun,
  startRun,
  type CandidateResult,
  type WorkerUsage,
} from "@opnas/prisma";

/** Writes the rows of a search as a worker does, by the same transactions, but without training. */
export class SearchDriver {
  readonly workerId = randomUUID();
  private readonly db: Database;
  private readonly queue: Queue;

  constructor({ database, queue }: { database: Database; queue: Queue }) {
    this.db = database;
    this.queue = queue;
  }

  /** Stores a row for the worker, which evaluations refer to. */
  async signIn(
    status: "idle" | "busy" | "stopped" = "busy",
    usage: WorkerUsage | null = null,
  ): Promise<void> {
    await reportWorker(this.db, {
      id: this.workerId,
      name: "test worker",
      engine: "tensorflow",
      engineReasons: ["tensorflow-gpu: there is no GPU"],
      threads: 2,
      slots: 1,
      status,
      currentJobs: [],
      usage,
    });
  }

  /** Stores a run of the preset `smoke` whose super-net is trained. */
  async startedRun(changes: Partial<SearchSettings> = {}, seed = 7): Promise<SearchRun> {
    const preset = presetNamed("smoke");
    const settings = { ...preset.settings, ...changes };
    const run = await startRun(this.db, this.queue, {
      name: `run of seed ${seed}`,
      seed,
      preset: preset.name,
      settings,
    });
    const claim = await this.claim(run.id, "superNet");
    const { steps } = settings.superNet;
    const candidates = settings.population;
    await finishSuperNet(this.db, this.queue, claim, {
      steps,
      seconds: 12.5,
      engine: "tensorflow",
      candidates,
    });
    return run;
  }

  /** Proposes and stores a generation. @returns its candidates' ids, in their order */
  async propose(run: SearchRun, index: number, withReferences = false): Promise<string[]> {
    const settings = settingsOfRun(run);
    const context = searchContext(settings, run.seed);
    const strategy = strategies[settings.strategy];
    const { children, priorities } =
      index === 0
        ? strategy.initial(context)
        : strategy.next(await searchHistory(this.db, run.id), index, context);
    const references = withReferences ? referencesOf(settings) : [];
    return this.store(run, settings, index, { children, priorities, references });
  }

  private async store(
    run: SearchRun,
    settings: SearchSettings,
    index: number,
    proposed: {
      children: readonly Proposal<Backbone>[];
      priorities: readonly OperationPriority[];
      references: readonly NewReference[];
    },
  ): Promise<string[]> {
    const { children, ...rest } = proposed;
    const candidates = children.map((child) => candidateOf(child, settings));
    const claim = await this.claim(run.id, `evolve:${index}`);
    await recordGeneration(this.db, this.queue, claim, { index, candidates, ...rest });
    const rows = await this.db.architecture.findMany({
      where: { runId: run.id, reference: null, generation: { index } },
      orderBy: { indexInGeneration: "asc" },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }

  /** Stores a candidate's result with this score. */
  async evaluate(
    runId: string,
    architectureId: string,
    score: number,
    stability: CandidateResult["stability"] = "STABLE",
  ): Promise<void> {
    const claim = await this.claim(runId, `evaluate:${architectureId}`);
    await recordEvaluation(this.db, this.queue, claim, {
      architectureId,
      engine: "tensorflow",
      overheadSeconds: 0.25,
      result: resultOf(score, stability),
    });
  }

  /** Finishes a run whose budget is spent. */
  async finish(runId: string): Promise<void> {
    await finishRun(this.db, await this.claim(runId, "evolve:last"));
  }

  private async claim(runId: string, workKey: string): Promise<WorkClaim> {
    const claimed = await claimWork(this.db, { runId, workKey, workerId: this.workerId });
    if (claimed === null) throw new Error(`${workKey} is no longer needed.`);
    return claimed.claim;
  }
}

function resultOf(score: number, stability: CandidateResult["stability"]): CandidateResult {
  const { name, title, kind, metric } = taskCatalog.mlm;
  return {
    score,
    stability,
    heldOutLoss: 5.5,
    heldOutAccuracy: 0.125,
    stepSeconds: 0.25,
    stepRatio: 1.5,
    tokenUniformity: [0.25, 0.5, 0.75],
    taskScores: [{ task: name, title, kind, metric, score, majority: 0, ngram: 20 }],
    timings: { trainSeconds: 1.5, fineTuneSeconds: 2.5, scoreSeconds: 0.5 },
  };
}
