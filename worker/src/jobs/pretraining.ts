import { atDepth, checkArchitecture, OpnasError } from "@opnas/core";
import {
  claimPretraining,
  finishPretraining,
  isPretrainingWanted,
  reportPretraining,
  settingsOfRun,
  settingsOfPretraining,
  type Pretraining,
  type PretrainingClaim,
  type LossPoint,
} from "@opnas/prisma";
import { textPlaces, trainingArtifacts } from "./artifacts.js";
import { removeWhole } from "../files/writeAtomically.js";
import type { Progress } from "../trainer/protocol.js";
import type { Trainer } from "../trainer/trainer.js";
import { type JobContext, watchClaim } from "./context.js";

/** Pre-trains an architecture in full, from the last checkpoint where there is one (paper §5). */
export async function handlePretrain(context: JobContext, pretrainingId: string): Promise<void> {
  await context.trainers.with(async (trainer) => {
    const claimed = await claimPretraining(context.db, pretrainingId);
    if (claimed !== null) await train(context, claimed.claim, claimed.pretraining, trainer);
  });
}

async function train(
  context: JobContext,
  claim: PretrainingClaim,
  pretraining: Pretraining,
  trainer: Trainer,
): Promise<void> {
  const { db, settings: worker } = context;
  const settings = settingsOfPretraining(pretraining);
  const { json, reference, run } = await db.architecture.findUniqueOrThrow({
    where: { id: pretraining.architectureId },
    select: { json: true, reference: true, run: true },
  });
  const files = await trainingArtifacts(worker.dataFolder, pretraining.id);
  const watched = watchClaim(context, () => isPretrainingWanted(db, claim));
  const teller = new PointTeller((step, points) =>
    reportPretraining(db, claim, { step, engine: trainer.engine.name, metrics: points }),
  );
  try {
    const reply = await trainer.run(
      {
        type: "pretrain",
        architecture: atDepth(checkArchitecture(json), reference, settings.size.layers),
        settings,
        seed: pretraining.seed,
        text: settings.text ?? settingsOfRun(run).text,
        places: textPlaces(worker, files),
        checkpointFile: files.checkpoint,
        modelFolder: files.folder,
        cores: worker.slots,
      },
      watched.signal,
      (progress) => teller.take(progress),
    );
    if (reply.type !== "pretrain") throw new OpnasError("INTERNAL", "Not a pre-training's end.");
    await teller.done();
    await finishPretraining(db, claim, files.artifact);
    await removeWhole(files.checkpoint);
  } finally {
    watched.release();
  }
}

/** Stores the loss curve in order, what came meanwhile together, at most once a second. */
class PointTeller {
  private static readonly everyMilliseconds = 1_000;
  private lastTold = -Infinity;
  private telling: Promise<void> | undefined;
  private step = 0;
  private points: LossPoint[] = [];

  constructor(
    private readonly tell: (step: number, points: readonly LossPoint[]) => Promise<void>,
  ) {}

  take({ step, points, note }: Progress): void {
    if (note !== null) return;
    this.step = step;
    this.points.push(...(points ?? []));
    const now = performance.now();
    if (this.telling || now - this.lastTold < PointTeller.everyMilliseconds) return;
    this.lastTold = now;
    // What cannot be stored now is told again with the next, and at the end for good.
    this.telling = this.store()
      .catch((error: unknown) => console.error("Could not store a loss curve:", error))
      .finally(() => (this.telling = undefined));
  }

  /** Waits until all is stored. */
  async done(): Promise<void> {
    await this.telling;
    await this.store();
  }

  private async store(): Promise<void> {
    const points = [...this.points];
    await this.tell(this.step, points);
    this.points.splice(0, points.length);
  }
}
