import { checkArchitecture, OpnasError } from "@opnas/core";
import {
  type CandidateResult,
  claimReproduction,
  finishReproduction,
  isOrderWanted,
  settingsOfRun,
} from "@opnas/prisma";
import { removeFolder } from "../files/writeAtomically.js";
import type { TrainerHandle } from "../trainer/pool.js";
import { requireSameStore, RunArtifacts, textPlaces } from "./artifacts.js";
import { type Course, type JobContext, watchClaim } from "./context.js";
import { describeEngine } from "./engines.js";
import { SharedText } from "./sharedText.js";
import { writeResult } from "./writeResult.js";

/**
 * Makes an architecture's evaluation again from what is stored: text, super-net, settings and seed of
 * its run. The result is kept beside the first one and changes nothing of the run. It may be made by
 * another engine than the run's, to see whether that matters.
 */
export async function handleReproduction(
  context: JobContext,
  reproductionId: string,
  course: Course,
): Promise<void> {
  const { db, trainers, store } = context;
  const wanted = await db.reproduction.findUnique({
    where: { id: reproductionId },
    select: { architecture: { select: { key: true, json: true, run: true } } },
  });
  if (wanted === null) return;
  const { key, json, run } = wanted.architecture;
  requireSameStore(run, await store.id());
  await trainers.with(async (trainer) => {
    const engine = describeEngine(trainer.engine);
    const claim = await claimReproduction(db, reproductionId, engine);
    if (claim === null) return;
    course.claim = claim;
    const files = await RunArtifacts.of(store, run.id);
    const checkpoints = files.candidateCheckpoints(reproductionId, claim.attempt);
    const watched = watchClaim(context, () => isOrderWanted(db, claim));
    try {
      const architecture = checkArchitecture(json);
      const work = { files, run, architecture, key, checkpoints, trainer };
      const result = await evaluate(context, work, watched.signal);
      await writeResult(() => finishReproduction(db, claim, result), watched.signal);
      await removeFolder(checkpoints.folder);
    } finally {
      watched.release();
    }
  });
}

interface Work {
  files: RunArtifacts;
  run: Parameters<RunArtifacts["superNet"]>[0];
  architecture: ReturnType<typeof checkArchitecture>;
  key: string;
  checkpoints: ReturnType<RunArtifacts["candidateCheckpoints"]>;
  trainer: TrainerHandle;
}

/**
 * Has the trainer evaluate the architecture. This machine's copy of the super-net may be damaged: then
 * it is read once more from the store.
 * @throws OpnasError CORRUPT_ARTIFACT when the super-net is gone or damaged there
 */
async function evaluate(
  { store, settings: worker }: JobContext,
  { files, run, architecture, key, checkpoints, trainer }: Work,
  signal: AbortSignal,
): Promise<CandidateResult> {
  const settings = settingsOfRun(run);
  const text = await new SharedText(store, settings.text, textPlaces(worker, files)).bring();
  const ask = async () =>
    trainer.run(
      {
        type: "evaluate",
        run: { seed: run.seed, settings },
        text,
        superNet: await files.superNet(run),
        architecture,
        key,
        checkpoints,
      },
      signal,
      () => undefined,
    );
  let reply = await ask();
  if (reply.type === "superNetUnusable" && (await files.forgetSuperNet(run))) reply = await ask();
  if (reply.type === "evaluate") return reply.result;
  if (reply.type !== "superNetUnusable") throw new OpnasError("INTERNAL", "Not an evaluation.");
  const message = `The super-net of run ${run.name} cannot be used any more (${reply.reason}): clone the run with the same seed, which trains it again.`;
  throw new OpnasError("CORRUPT_ARTIFACT", message);
}
