import { type Architecture, checkArchitecture, OpnasError } from "@opnas/core";
import {
  type BegunCandidate,
  type CandidateResult,
  requestSuperNet,
  runOfOpenCandidate,
  type SearchRun,
  settingsOfRun,
  type WorkClaim,
} from "@opnas/prisma";
import type { TextPlaces } from "../dataset/request.js";
import type { CheckpointPlace } from "../files/checkpointFolder.js";
import { removeFolder } from "../files/writeAtomically.js";
import type { TrainerHandle } from "../trainer/pool.js";
import { requireSameStore, RunArtifacts, textPlaces } from "./artifacts.js";
import { type Course, type JobContext, watchClaim } from "./context.js";
import { describeEngine, requireEngine } from "./engines.js";
import { SharedCheckpoints } from "./sharedCheckpoints.js";
import { SharedText } from "./sharedText.js";
import { writeResult } from "./writeResult.js";

interface Candidate {
  id: string;
  key: string;
  architecture: Architecture;
}

/** The means of one attempt at a candidate. */
interface CandidateWork {
  files: RunArtifacts;
  candidate: Candidate;
  trainer: TrainerHandle;
  places: TextPlaces;
  checkpoints: CheckpointPlace;
  shared: SharedCheckpoints;
}

/**
 * Scores one candidate: inherits, trains, fine-tunes, and stores what came out (docs/paper.md §3 and
 * §4). Does nothing while the run's super-net is trained: its end gives open candidates new jobs.
 */
export async function handleCandidate(
  context: JobContext,
  { runId, architectureId }: { runId: string; architectureId: string },
  course: Course,
): Promise<void> {
  await context.trainers.with(async (trainer) => {
    const begun = await begin(context, { runId, architectureId }, describeEngine(trainer.engine));
    if (begun === null) return;
    const { claim, run, key, json } = begun;
    course.claim = claim;
    const candidate = { id: architectureId, key, architecture: checkArchitecture(json) };
    await evaluate(context, claim, run, candidate, trainer);
  });
}

/**
 * Reads and claims a candidate. Where that could not be done it finds out why, and tries again once its
 * engine is noted.
 * @returns null when nothing is to be done: it has a result, or its run does not search
 * @throws OpnasError ANOTHER_STORE, ANOTHER_ENGINE
 */
async function begin(
  { db, store, writer, workerId }: JobContext,
  { runId, architectureId }: { runId: string; architectureId: string },
  engine: string,
): Promise<BegunCandidate | null> {
  const wanted = { architectureId, workerId, engine, store: await store.id() };
  const begun = await writer.begin(runId, wanted);
  if (begun !== null) return begun;
  const run = await runOfOpenCandidate(db, architectureId);
  if (run?.phase !== "SEARCHING") return null;
  requireSameStore(run, wanted.store);
  await requireEngine(db, run, engine);
  return writer.begin(runId, wanted);
}

async function evaluate(
  context: JobContext,
  claim: WorkClaim,
  run: SearchRun,
  candidate: Candidate,
  trainer: TrainerHandle,
): Promise<void> {
  const { store, writer, settings: worker } = context;
  const started = performance.now();
  const files = await RunArtifacts.of(store, run.id);
  const text = new SharedText(store, settingsOfRun(run).text, textPlaces(worker, files));
  const places = await text.bring();
  const checkpoints = files.candidateCheckpoints(candidate.id, claim.attempt);
  const shared = new SharedCheckpoints(store, checkpoints);
  await shared.bring();
  const work = { files, candidate, trainer, places, checkpoints, shared };
  const watched = watchClaim(context, () => context.looks.isWanted(claim));
  let isStored = false;
  try {
    const result = await train(context, claim, run, work, watched.signal);
    if (result === undefined) return;
    const { trainSeconds, fineTuneSeconds, scoreSeconds } = result.timings;
    const seconds = (performance.now() - started) / 1000;
    const evaluation = {
      architectureId: candidate.id,
      engine: trainer.engine.name,
      // A resumed evaluation's timings hold what earlier attempts did.
      overheadSeconds: Math.max(0, seconds - trainSeconds - fineTuneSeconds - scoreSeconds),
      result,
    };
    await writeResult(() => writer.record(claim, evaluation), watched.signal);
    isStored = true;
  } finally {
    watched.release();
    const isTidy = await tidyIfDone(context, candidate, isStored, { checkpoints, shared });
    if (!isTidy) await shared.settle();
  }
}

/**
 * Has the trainer evaluate a candidate. Where the super-net's file is missing or damaged in the store,
 * it is trained again; where that was done meanwhile, the new one is used.
 * @returns undefined when the candidate waits for the super-net
 */
async function train(
  { db, queue }: JobContext,
  claim: WorkClaim,
  claimedRun: SearchRun,
  { files, candidate, trainer, places, checkpoints, shared }: CandidateWork,
  signal: AbortSignal,
): Promise<CandidateResult | undefined> {
  let readAgain: string | null | undefined;
  for (let run = claimedRun; run.phase === "SEARCHING";) {
    const reply = await trainer.run(
      {
        type: "evaluate",
        run: { seed: run.seed, settings: settingsOfRun(run) },
        text: places,
        superNet: await files.superNet(run),
        architecture: candidate.architecture,
        key: candidate.key,
        checkpoints,
      },
      signal,
      () => undefined,
      shared.saved,
    );
    if (reply.type === "evaluate") return reply.result;
    if (reply.type !== "superNetUnusable") throw new OpnasError("INTERNAL", "Not an evaluation.");
    const { reason } = reply;
    const file = run.superNetFile;
    // At first, this machine's copy of it may be what is damaged.
    if (readAgain !== file && (await files.forgetSuperNet(run))) readAgain = file;
    else run = await requestSuperNet(db, queue, claim, { file, reason });
  }
  return undefined;
}

/**
 * Removes the checkpoints of a candidate that has its result. Also an attempt that was replaced does
 * so: it may have written one after the newer one was done.
 * @param isStored true when this attempt has stored the result; otherwise the database is asked
 * @returns true when they are removed
 */
async function tidyIfDone(
  { db }: JobContext,
  { id }: Candidate,
  isStored: boolean,
  { checkpoints, shared }: Pick<CandidateWork, "checkpoints" | "shared">,
): Promise<boolean> {
  try {
    // A first attempt that was told of no checkpoint has written none.
    if (isStored && checkpoints.attempt === 1 && !shared.hasSaved) return true;
    const isDone = isStored || (await db.evaluation.count({ where: { architectureId: id } })) > 0;
    if (!isDone) return false;
    await removeFolder(checkpoints.folder);
    await shared.remove();
    return true;
  } catch (error) {
    console.error("Needless checkpoints of a candidate stay for now:", error);
    return false;
  }
}
