import { presets, type SearchSettings } from "@opnas/core";
import type { Database } from "../client.js";
import { readTaskScores } from "../contracts/candidateResult.js";
import { Prisma } from "../generated/client.js";
import { settingsOfPretraining } from "../pretrainings/lifecycle.js";
import { settingsOfRun } from "../runs/lifecycle.js";

/** A value of a setting, as commands take it. */
type Value = string | number | boolean;

/** Everything stored that a model card says of a model, in the form of its record. */
export type ModelFacts = Awaited<ReturnType<typeof modelFacts>>;

/**
 * Reads what is stored about a model: scores beside their baselines, lineage, text, engine, seed,
 * settings and the commands that make it again.
 * @param model.pretrainingId the pre-training whose model it is; null for an architecture, or its share of
 *   the super-net
 * @throws Prisma's P2025 when there is no such model
 */
export async function modelFacts(
  db: Database,
  { architectureId, pretrainingId }: { architectureId: string; pretrainingId: string | null },
) {
  const { run, evaluations, ...architecture } = await db.architecture.findUniqueOrThrow({
    where: { id: architectureId },
    select: {
      createdAt: true,
      run: true,
      evaluations: { orderBy: { createdAt: "desc" }, take: 1 },
    },
  });
  const searched = settingsOfRun(run);
  const [evaluation] = evaluations;
  const pretraining =
    pretrainingId === null ? null : await trainedOf(db, pretrainingId, searched.text);
  const tests = testsOf(evaluation?.taskScores ?? [], searched);
  const data = pretraining?.data ?? [dataOf(searched.text, "search")];
  const search = searchCommand(run, searched);
  return {
    id: pretrainingId ?? architectureId,
    madeAt:
      (pretraining?.madeAt ?? evaluation?.createdAt ?? architecture.createdAt).getTime() / 1000,
    languages: data.every(({ licence }) => licence !== undefined) ? ["en"] : [],
    scores: [...(pretraining?.scores ?? []), ...tests],
    lineage: await lineageOf(db, architectureId),
    data,
    engine: pretraining?.engine ?? evaluation?.engine ?? run.engines[0] ?? "not known",
    seed: pretraining?.seed ?? run.seed,
    settings: flat(pretraining?.settings ?? searched),
    commands: pretraining === null ? [search] : [search, pretraining.command(architectureId)],
    limits:
      tests.length === 0 || pretraining === null
        ? []
        : [
            "Its scores of proxy tasks are of the short training in the search, not of these weights.",
          ],
  };
}

/** Reads what a card says of a pre-trained model beside its architecture. */
async function trainedOf(db: Database, id: string, searchedText: SearchSettings["text"]) {
  const row = await db.pretraining.findUniqueOrThrow({
    where: { id },
    include: { metrics: { orderBy: { step: "desc" }, take: 1 } },
  });
  const settings = settingsOfPretraining(row);
  const data = dataOf(settings.text ?? searchedText, "pre-training");
  const last = row.metrics[0];
  const ofLoss = (task: string, title: string, score: number) => ({
    task,
    title,
    metric: "mean cross-entropy, nats, lower is better",
    dataset: `pre-training text, the last of ${row.steps} steps`,
    score,
    baselines: {},
  });
  return {
    madeAt: row.finishedAt ?? row.createdAt,
    scores:
      last === undefined
        ? []
        : [
            ofLoss("pretraining-masked", "Loss of masked words", last.maskedLoss),
            ofLoss("pretraining-next-sentence", "Loss of next sentence", last.nextSentenceLoss),
          ],
    data: [data],
    engine: row.engine,
    seed: row.seed,
    settings,
    command: (architectureId: string) =>
      ["npx opnas pretrain", architectureId, `--seed ${row.seed}`, ...assignments(settings)].join(
        " ",
      ),
  };
}

/** Lists the scores of proxy tasks, with the standard error of a share of correct answers. */
function testsOf(stored: unknown, { evaluationExamples: examples, text }: SearchSettings) {
  return readTaskScores(stored).map(({ task, title, metric, score, majority, ngram }) => {
    const share = score / 100;
    const isShare = metric.startsWith("accuracy");
    return {
      task,
      title,
      metric,
      dataset: `held-out text of ${nameOf(text)}, after the short training of the search`,
      score,
      ...(isShare && { standardError: 100 * Math.sqrt((share * (1 - share)) / examples) }),
      baselines: { "most frequent answer": majority, "n-gram model": ngram },
    };
  });
}

const nameOf = ({ folder }: SearchSettings["text"]) => folder ?? "the built-in text";

/** Text that a model was trained on, as a card lists it. */
interface CardText {
  name: string;
  use: string;
  description?: string;
  licence?: string;
}

function dataOf(text: SearchSettings["text"], use: string): CardText {
  if (text.folder !== null) return { name: text.folder, use };
  const description =
    "State of the Union addresses from 1790 on, which come with the platform, in English.";
  return { name: "state-of-the-union", use, description, licence: "public domain" };
}

/** The most ancestors that a card lists: the nearest. */
const mostAncestors = 30;

interface Ancestor {
  id: string;
  name: string;
  generation: number;
  score: number | null;
  change: string | null;
}

/** Reads the ancestors of an architecture, the oldest first. */
async function lineageOf(db: Database, architectureId: string) {
  const rows = await db.$queryRaw<Ancestor[]>(Prisma.sql`
    WITH RECURSIVE line AS (
      SELECT "parentId", 0 AS depth FROM "Architecture" WHERE id = ${architectureId}::uuid
      UNION ALL
      SELECT a."parentId", line.depth + 1 FROM line JOIN "Architecture" a ON a.id = line."parentId"
       WHERE line.depth < ${mostAncestors - 1})
    SELECT a.id, a.name, g.index AS generation, a.score, a.mutation AS change
      FROM line JOIN "Architecture" a ON a.id = line."parentId"
      JOIN "Generation" g ON g.id = a."generationId" ORDER BY line.depth DESC`);
  return rows.map(({ id, name, generation, score, change }) => ({
    id,
    name,
    generation,
    ...(score !== null && { score }),
    ...(change !== null && { change }),
  }));
}

function searchCommand({ preset, seed }: { preset: string; seed: number }, settings: object) {
  const changed = assignments(settings, flat(settingsOfPreset(preset)));
  return ["npx opnas search", `--preset ${preset}`, `--seed ${seed}`, ...changed].join(" ");
}

/** Returns a preset's settings; none for one that this version does not have. */
function settingsOfPreset(name: string): object {
  return presets.find((preset) => preset.name === name)?.settings ?? {};
}

/** Writes settings as arguments of a command, but for those that are as `usual`. */
function assignments(settings: object, usual: Record<string, Value> = {}): string[] {
  return Object.entries(flat(settings))
    .filter(([name, value]) => usual[name] !== value)
    .map(([name, value]) => `--set ${name}=${value}`);
}

/** Lists the leaves of settings by their paths; those that are empty are left out. */
function flat(settings: object, path = ""): Record<string, Value> {
  const entries = Object.entries(settings).flatMap(
    ([key, value]: [string, unknown]): [string, Value][] => {
      const name = path === "" ? key : `${path}.${key}`;
      if (Array.isArray(value)) return [[name, value.join(",")]];
      if (typeof value === "object" && value !== null) return Object.entries(flat(value, name));
      return isValue(value) ? [[name, value]] : [];
    },
  );
  return Object.fromEntries(entries);
}

function isValue(value: unknown): value is Value {
  return ["string", "number", "boolean"].includes(typeof value);
}
