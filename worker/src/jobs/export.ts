import { access } from "node:fs/promises";
import path from "node:path";
import { isMissing } from "@opnas/artifacts";
import { architectureKey, architectureName, checkArchitecture, OpnasError } from "@opnas/core";
import { cardFileName, modelCard } from "@opnas/export";
import {
  claimExport,
  type Export,
  exportFormatSchema,
  finishExport,
  isOrderWanted,
  modelFacts,
  type Pretraining,
  reportExport,
  type SearchRun,
  settingsOfRun,
} from "@opnas/prisma";
import { writeArchive } from "../export/archive.js";
import { removeFolder, writeAtomically } from "../files/writeAtomically.js";
import type { TrainerHandle } from "../trainer/pool.js";
import type { Reply, Work } from "../trainer/protocol.js";
import { ProgressReporter } from "../training/progress.js";
import {
  exportArtifacts,
  localModel,
  requireSameStore,
  RunArtifacts,
  textPlaces,
} from "./artifacts.js";
import { type Course, type JobContext, watchClaim } from "./context.js";
import { SharedText } from "./sharedText.js";
import { writeResult } from "./writeResult.js";

const reportEveryMilliseconds = 1_000;

/** The share of an export that is done when its files are written and only the archive is left. */
const filesShare = 0.5;

type Written = Extract<Reply, { type: "export" }>;
type Files = ReturnType<typeof exportArtifacts>;

/** An export with the rows that it is about. */
interface Wanted extends Export {
  pretraining: Pretraining | null;
  architecture: { json: unknown; run: SearchRun };
}

/**
 * Writes a model with its weights for another program: a folder of files, with a model card, as one
 * archive in the artifact store (decision 0053).
 */
export async function handleExport(
  context: JobContext,
  exportId: string,
  course: Course,
): Promise<void> {
  const { db, trainers, store } = context;
  const wanted = await db.export.findUnique({
    where: { id: exportId },
    include: { pretraining: true, architecture: { select: { json: true, run: true } } },
  });
  if (wanted === null) return;
  const own = await store.id();
  if (wanted.pretraining === null) requireSameStore(wanted.architecture.run, own);
  await trainers.with(async (trainer) => {
    const claim = await claimExport(db, exportId);
    if (claim === null) return;
    course.claim = claim;
    const files = exportArtifacts(store, exportId, claim.attempt);
    const watched = watchClaim(context, () => isOrderWanted(db, claim));
    const { signal } = watched;
    const reporter = new ProgressReporter<number>(
      (progress) => reportExport(db, claim, progress),
      reportEveryMilliseconds,
    );
    try {
      const written = await write(context, wanted, { trainer, files, signal });
      reporter.add(filesShare);
      const card = await cardOf(context, wanted, written);
      await writeAtomically(path.join(files.folder, cardFileName), [card]);
      const name = architectureName(architectureKey(written.architecture));
      const folder = {
        folder: files.folder,
        files: [cardFileName, ...written.files],
        name: `${name}-${wanted.format}`,
        time: wanted.createdAt,
      };
      const archived = await writeArchive(store, files.archive, folder, {
        signal,
        onProgress: (share) => reporter.add(filesShare + (1 - filesShare) * share),
      });
      await writeResult(async () => {
        await reporter.idle();
        await finishExport(db, claim, { artifact: files.artifact, store: own, ...archived });
      }, signal);
    } finally {
      watched.release();
      await removeFolder(files.folder);
      await tidy(context, exportId, files);
    }
  });
}

/** Has the trainer write the files of a model. A copy on this machine that is damaged is read once more. */
async function write(
  context: JobContext,
  wanted: Wanted,
  { trainer, files, signal }: { trainer: TrainerHandle; files: Files; signal: AbortSignal },
): Promise<Written> {
  const format = exportFormatSchema.parse(wanted.format);
  const { model, forget } =
    wanted.pretraining === null
      ? await sliceOf(context, wanted)
      : await modelOf(context, wanted.pretraining);
  const ask = () =>
    trainer.run({ type: "export", format, model, folder: files.folder }, signal, () => undefined);
  let reply;
  try {
    reply = await ask();
  } catch (error) {
    const isDamaged = error instanceof OpnasError && error.code === "CORRUPT_ARTIFACT";
    if (!isDamaged || !(await forget())) throw error;
    reply = await ask();
  }
  if (reply.type === "superNetUnusable" && (await forget())) reply = await ask();
  if (reply.type === "export") return reply;
  if (reply.type !== "superNetUnusable") throw new OpnasError("INTERNAL", "Not an export.");
  const message = `The super-net of run ${wanted.architecture.run.name} cannot be used any more (${reply.reason}), so the architecture's weights are gone: pre-train it, or clone the run with the same seed, which trains the super-net again.`;
  throw new OpnasError("CORRUPT_ARTIFACT", message);
}

/** The source that a trainer makes a model's files from, and a function that removes copies of it on this machine. */
interface Source {
  model: Extract<Work, { type: "export" }>["model"];
  forget: () => Promise<boolean>;
}

/** Brings a pre-trained model to this machine. */
async function modelOf({ store }: JobContext, { id, artifact }: Pretraining): Promise<Source> {
  const { folder, forget } = await localModel(store, artifact ?? "");
  try {
    await access(path.join(folder, "model.json"));
  } catch (error) {
    if (!isMissing(error)) throw error;
    const message = `The model of training ${id} is not in the artifact store any more, so its weights are gone: pre-train the architecture again.`;
    throw new OpnasError("CORRUPT_ARTIFACT", message);
  }
  return { model: { from: "folder", folder }, forget };
}

/** Brings to this machine what an architecture's share of its run's super-net is made from. */
async function sliceOf(
  { store, settings: worker }: JobContext,
  { architecture: { json, run } }: Wanted,
): Promise<Source> {
  const ofRun = await RunArtifacts.of(store, run.id);
  const settings = settingsOfRun(run);
  const text = await new SharedText(store, settings.text, textPlaces(worker, ofRun)).bring();
  return {
    model: {
      from: "superNet",
      run: { seed: run.seed, settings },
      text,
      superNet: await ofRun.superNet(run),
      architecture: checkArchitecture(json),
    },
    forget: () => ofRun.forgetSuperNet(run),
  };
}

async function cardOf({ db }: JobContext, wanted: Wanted, written: Written): Promise<string> {
  const { architecture, size, modelClass, parameters } = written;
  const facts = await modelFacts(db, wanted);
  return modelCard({
    ...facts,
    architecture,
    size,
    modelClass,
    parameters,
    weights: wanted.pretraining === null ? "super-net" : "pre-trained",
    commands: [
      ...facts.commands,
      `npx opnas export ${facts.id} --weights --format ${wanted.format}`,
    ],
  });
}

/** Removes the archives of replaced attempts; what stays for now, cleaning removes. */
async function tidy({ db }: JobContext, id: string, files: Files): Promise<void> {
  try {
    const row = await db.export.findUnique({ where: { id }, select: { artifact: true } });
    if (row?.artifact != null) await files.tidy(row.artifact);
  } catch (error) {
    console.error("Needless files of an export stay for now:", error);
  }
}
