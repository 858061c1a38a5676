import { atDepth, checkArchitecture, OpnasError } from "@opnas/core";
import {
  claimPretraining,
  finishPretraining,
  isOrderWanted,
  reportPretraining,
  settingsOfRun,
  settingsOfPretraining,
  type Pretraining,
  type OrderClaim,
  type LossPoint,
} from "@opnas/prisma";
import { textPlaces, pretrainingArtifacts } from "./artifacts.js";
import type { TrainerHandle } from "../trainer/pool.js";
import { ProgressReporter } from "../training/progress.js";
import { type Course, type JobContext, watchClaim } from "./context.js";
import { SharedCheckpoints } from "./sharedCheckpoints.js";
import { SharedText } from "./sharedText.js";
import { writeResult } from "./writeResult.js";

const reportEveryMilliseconds = 1_000;

/** Steps done, and the points of the loss curve that are not stored yet, in order. */
interface CurveProgress {
  step: number;
  points: readonly LossPoint[];
}

/** Pre-trains an architecture in full, from the last checkpoint where there is one (docs/paper.md §5). */
export async function handlePretraining(
  context: JobContext,
  pretrainingId: string,
  course: Course,
): Promise<void> {
  await context.trainers.with(async (trainer) => {
    const claimed = await claimPretraining(context.db, pretrainingId);
    if (claimed === null) return;
    course.claim = claimed.claim;
    await train(context, claimed, course, trainer);
  });
}

async function train(
  context: JobContext,
  { claim, pretraining }: { claim: OrderClaim; pretraining: Pretraining },
  course: Course,
  trainer: TrainerHandle,
): Promise<void> {
  const { db, store, settings: worker } = context;
  const settings = settingsOfPretraining(pretraining);
  const { json, reference, run } = await db.architecture.findUniqueOrThrow({
    where: { id: pretraining.architectureId },
    select: { json: true, reference: true, run: true },
  });
  // A store out of reach is noticed before the training, not after it.
  await store.id();
  const files = await pretrainingArtifacts(store, pretraining.id, claim.attempt);
  const source = settings.text ?? settingsOfRun(run).text;
  const text = new SharedText(store, source, textPlaces(worker, files));
  const places = await text.bring();
  const shared = new SharedCheckpoints(store, files.checkpoints, () => text.share());
  await shared.bring();
  const watched = watchClaim(context, () => isOrderWanted(db, claim));
  const reporter = new ProgressReporter<CurveProgress>(
    ({ step, points }) =>
      reportPretraining(db, claim, { step, engine: trainer.engine.name, metrics: points }),
    reportEveryMilliseconds,
    (earlier, later) => ({ step: later.step, points: [...earlier.points, ...later.points] }),
  );
  try {
    const reply = await trainer.run(
      {
        type: "pretrain",
        architecture: atDepth(checkArchitecture(json), reference, settings.size.layers),
        settings,
        seed: pretraining.seed,
        text: source,
        places,
        checkpoints: files.checkpoints,
        modelFolder: files.modelFolder,
        cores: worker.slots,
      },
      watched.signal,
      ({ step, points = [], tokensPerSecond, note }) => {
        course.tokensPerSecond = tokensPerSecond;
        if (note !== null) return;
        course.step = step;
        reporter.add({ step, points });
      },
      shared.saved,
    );
    if (reply.type !== "pretrain") throw new OpnasError("INTERNAL", "Not a pre-training's end.");
    const { checksum } = reply;
    await writeResult(async () => {
      await reporter.flush();
      await files.publish();
      await finishPretraining(db, claim, files.artifact, checksum);
    }, watched.signal);
  } finally {
    watched.release();
    if (!(await tidyIfDone(context, claim, files.tidy, shared))) await shared.settle();
  }
}

/**
 * Removes the files that a published model makes needless. Also an attempt that was replaced does so:
 * it may have written some after the newer one was done.
 * @returns true when they are removed
 */
async function tidyIfDone(
  { db }: JobContext,
  { id }: OrderClaim,
  tidy: (published: string) => Promise<void>,
  shared: SharedCheckpoints,
): Promise<boolean> {
  try {
    const pretraining = await db.pretraining.findUnique({ where: { id } });
    const published = pretraining?.artifact ?? null;
    if (published === null) return false;
    await tidy(published);
    await shared.remove();
    return true;
  } catch (error) {
    console.error("Needless files of a pre-training stay for now:", error);
    return false;
  }
}
