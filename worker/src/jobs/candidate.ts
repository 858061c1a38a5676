import { checkArchitecture, OpnasError } from "@opnas/core";
import { claimWork, isWorkWanted, recordEvaluation, settingsOfRun, workKey } from "@opnas/prisma";
import { runArtifacts, textPlaces } from "./artifacts.js";
import { type Course, type JobContext, watchClaim } from "./context.js";

/** Scores one candidate: inherits, trains, fine-tunes, and stores what came out (docs/paper.md §3 and §4). */
export async function handleCandidate(
  context: JobContext,
  { runId, architectureId }: { runId: string; architectureId: string },
  course: Course,
): Promise<void> {
  const { db, queue, trainers, workerId, settings: worker } = context;
  const candidate = await db.architecture.findUnique({
    where: { id: architectureId },
    select: { key: true, json: true, failureCode: true, evaluations: { select: { id: true } } },
  });
  if (candidate === null || candidate.failureCode !== null) return;
  if (candidate.evaluations.length > 0) return;

  await trainers.with(async (trainer) => {
    const key = workKey({ kind: "evaluate", runId, architectureId });
    const claimed = await claimWork(db, { runId, workKey: key, workerId }, (attempt) => ({
      kind: "candidate.started",
      payload: { architectureId, workerId, attempt },
    }));
    if (claimed === null) return;
    const { claim, run } = claimed;
    course.claim = claim;
    const started = performance.now();
    const files = await runArtifacts(worker.dataFolder, runId);
    const watched = watchClaim(context, () => isWorkWanted(db, claim));
    try {
      const reply = await trainer.run(
        {
          type: "evaluate",
          run: { seed: run.seed, settings: settingsOfRun(run) },
          text: textPlaces(worker, files),
          superNetFile: files.superNet,
          architecture: checkArchitecture(candidate.json),
          key: candidate.key,
        },
        watched.signal,
        () => undefined,
      );
      if (reply.type !== "evaluate") throw new OpnasError("INTERNAL", "Not an evaluation.");
      const { result } = reply;
      const { trainSeconds, fineTuneSeconds, scoreSeconds } = result.timings;
      const seconds = (performance.now() - started) / 1000;
      await recordEvaluation(db, queue, claim, {
        architectureId,
        engine: trainer.engine.name,
        overheadSeconds: Math.max(0, seconds - trainSeconds - fineTuneSeconds - scoreSeconds),
        result,
      });
    } finally {
      watched.release();
    }
  });
}
