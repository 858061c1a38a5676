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
import { ProgressReporter } from "../training/progress.js";
import type { TrainerHandle } from "../trainer/pool.js";
import type { Progress } from "../trainer/protocol.js";
import { RunArtifacts, textPlaces } from "./artifacts.js";
import { type Course, type JobContext, watchClaim } from "./context.js";
import { describeEngine, requireEngine } from "./engines.js";
import { SharedCheckpoints } from "./sharedCheckpoints.js";
import { SharedText } from "./sharedText.js";
import { writeResult } from "./writeResult.js";

const reportEveryMilliseconds = 2_000;

/** Trains a run's super-net, from its last checkpoint where there is one (docs/paper.md §4). */
export async function handleSuperNet(
  context: JobContext,
  runId: string,
  course: Course,
): Promise<void> {
  const { db, workerId, trainers } = context;
  const key = workKey({ kind: "superNet", runId });
  await trainers.with(async (trainer) => {
    const run = await db.searchRun.findUniqueOrThrow({ where: { id: runId } });
    if (run.status !== "QUEUED" && run.status !== "RUNNING") return;
    await requireEngine(db, run, describeEngine(trainer.engine));
    const claimed = await claimWork(db, { runId, workKey: key, workerId });
    if (claimed === null || claimed.run.phase === "SEARCHING") return;
    course.claim = claimed.claim;
    await train(context, claimed, course, trainer);
  });
}

async function train(
  context: JobContext,
  { claim, run }: { claim: WorkClaim; run: SearchRun },
  course: Course,
  trainer: TrainerHandle,
) {
  const { db, queue, store, settings: worker } = context;
  const settings = settingsOfRun(run);
  // A store out of reach is noticed before the training, not after it.
  const storeId = await store.id();
  const files = await RunArtifacts.of(store, run.id);
  const file = files.superNetName(claim.attempt);
  const text = new SharedText(store, settings.text, textPlaces(worker, files));
  const places = await text.bring();
  const checkpoints = files.superNetCheckpoints(claim.attempt);
  const shared = new SharedCheckpoints(store, checkpoints, () => text.share());
  await shared.bring();
  const watched = watchClaim(context, () => isWorkWanted(db, claim));
  const progress = progressOf((progress) =>
    reportSuperNet(db, claim, trainer.engine.name, progress),
  );
  try {
    const reply = await trainer.run(
      {
        type: "superNet",
        run: { seed: run.seed, settings },
        text: places,
        checkpoints,
        resultFile: files.path(file),
        cores: worker.slots,
      },
      watched.signal,
      (news) => {
        if (news.note === null) course.step = news.step;
        course.tokensPerSecond = news.tokensPerSecond;
        progress.add(news);
      },
      shared.saved,
    );
    await progress.idle();
    if (reply.type !== "superNet") throw new OpnasError("INTERNAL", "Not a super-net's result.");
    const { steps, seconds, skipped, checksum } = reply;
    const result = {
      steps,
      seconds,
      skipped,
      engine: trainer.engine.name,
      candidates: candidateCount(settings),
      artifact: { file, checksum, store: storeId },
    };
    await writeResult(async () => {
      await text.share();
      await files.publish(file);
      await finishSuperNet(db, queue, claim, result);
    }, watched.signal);
  } finally {
    watched.release();
    if (!(await tidyIfDone(context, claim, files, shared))) await shared.settle();
  }
}

/**
 * Removes the files that a published super-net makes needless. Also an attempt that was replaced does
 * so: it may have written some after the newer one was done.
 * @returns true when they are removed
 */
async function tidyIfDone(
  { db }: JobContext,
  claim: WorkClaim,
  files: RunArtifacts,
  shared: SharedCheckpoints,
): Promise<boolean> {
  try {
    const run = await db.searchRun.findUnique({ where: { id: claim.runId } });
    const published = run?.superNetFile ?? null;
    if (published === null) return false;
    await files.tidySuperNet(published, claim.attempt);
    await shared.remove();
    return true;
  } catch (error) {
    console.error("Needless files of a super-net stay for now:", error);
    return false;
  }
}

/**
 * Stores progress with the time that is left: every new note at once, beside these at most one report
 * every two seconds.
 */
function progressOf(store: (progress: SuperNetProgress) => Promise<void>) {
  const reporter = new ProgressReporter(store, reportEveryMilliseconds);
  let first: { step: number; time: number } | undefined;
  let lastNote: string | null = null;
  return {
    add: ({ step, total, loss, tokensPerSecond, note }: Progress) => {
      const now = performance.now();
      if (note === null) first ??= { step, time: now };
      const secondsPerStep =
        first && step !== first.step ? (now - first.time) / 1000 / (step - first.step) : null;
      const etaSeconds = secondsPerStep === null ? null : secondsPerStep * (total - step);
      const progress = { step, total, loss, tokensPerSecond, note, etaSeconds };
      reporter.add(progress, note !== null && note !== lastNote);
      lastNote = note ?? lastNote;
    },
    idle: () => reporter.idle(),
  };
}
