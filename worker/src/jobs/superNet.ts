import { candidateCount, OpnasError } from "@opnas/core";
import {
  type WorkClaim,
  claimWork,
  finishSuperNet,
  isWorkWanted,
  reportSuperNet,
  type SearchRun,
  settingsOfRun,
  type SuperNetProgress,
  workKey,
} from "@opnas/prisma";
import { runArtifacts, textPlaces } from "./artifacts.js";
import type { Trainer } from "../trainer/trainer.js";
import type { Progress } from "../trainer/protocol.js";
import { type JobContext, watchClaim } from "./context.js";

/** Trains a run's super-net, from its last checkpoint where there is one (paper §4). */
export async function handleSuperNet(context: JobContext, runId: string): Promise<void> {
  const { db, workerId, trainers } = context;
  const key = workKey({ kind: "superNet", runId });
  const claimed = await claimWork(db, { runId, workKey: key, workerId });
  if (claimed === null || claimed.run.phase === "SEARCHING") return;
  await trainers.with((trainer) => train(context, claimed.claim, claimed.run, trainer));
}

async function train(context: JobContext, claim: WorkClaim, run: SearchRun, trainer: Trainer) {
  const { db, queue, settings: worker } = context;
  const settings = settingsOfRun(run);
  const files = await runArtifacts(worker.dataFolder, run.id);
  const watched = watchClaim(context, () => isWorkWanted(db, claim));
  const teller = new ProgressTeller((progress) =>
    reportSuperNet(db, claim, trainer.engine.name, progress),
  );
  try {
    const reply = await trainer.run(
      {
        type: "superNet",
        run: { seed: run.seed, settings },
        text: textPlaces(worker, files),
        checkpointFile: files.checkpoint,
        resultFile: files.superNet,
        cores: worker.slots,
      },
      watched.signal,
      (progress) => teller.take(progress),
    );
    await teller.done();
    if (reply.type !== "superNet") throw new OpnasError("INTERNAL", "Not a super-net's result.");
    await finishSuperNet(db, queue, claim, {
      steps: reply.steps,
      seconds: reply.seconds,
      engine: trainer.engine.name,
      candidates: candidateCount(settings),
    });
  } finally {
    watched.release();
  }
}

/**
 * Passes on every new note and, beside these, at most one report every two seconds; one at a time,
 * with the time left.
 */
class ProgressTeller {
  private static readonly everyMilliseconds = 2_000;
  private lastTold = -Infinity;
  private lastNote: string | null = null;
  private telling: Promise<void> = Promise.resolve();
  private first: { step: number; time: number } | undefined;

  constructor(private readonly tell: (progress: SuperNetProgress) => Promise<void>) {}

  take({ step, total, loss, tokensPerSecond, note }: Progress): void {
    const now = performance.now();
    if (note === null) this.first ??= { step, time: now };
    const isNews = note !== null && note !== this.lastNote;
    if (!isNews && now - this.lastTold < ProgressTeller.everyMilliseconds) return;
    this.lastTold = now;
    this.lastNote = note;
    const progress = {
      step,
      total,
      loss,
      tokensPerSecond,
      note,
      etaSeconds: this.eta(step, total),
    };
    // A report that cannot be stored costs only itself: the work is stored under the claim, or not.
    this.telling = this.telling
      .then(() => this.tell(progress))
      .catch((error: unknown) => console.error("Could not report the super-net's step:", error));
  }

  private eta(step: number, total: number): number | null {
    if (this.first === undefined || step === this.first.step) return null;
    const secondsPerStep = (performance.now() - this.first.time) / 1000 / (step - this.first.step);
    return secondsPerStep * (total - step);
  }

  /** Waits for the report under way. */
  async done(): Promise<void> {
    await this.telling;
  }
}
