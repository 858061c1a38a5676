/** The thread that proposals.ts starts: it holds the histories of runs and computes generations. */
import { parentPort } from "node:worker_threads";
import {
  type Architecture,
  architectureSchema,
  type SearchContext,
  searchContext,
  type SearchSettings,
  searchSettingsSchema,
  strategies,
  toOpnasError,
} from "@opnas/core";
import {
  candidateOf,
  HistoryParser,
  referencesOf,
  type StoredCandidate,
} from "@opnas/prisma/candidates";
import { z } from "zod";
import type { ProposalReply } from "./proposals.js";

const requestSchema = z.object({
  runId: z.string(),
  seed: z.int(),
  settings: searchSettingsSchema,
  index: z.int().min(0),
  /** Number of generations of the history that are here already. */
  known: z.int().min(0),
  fresh: z.array(
    z.object({
      version: z.int(),
      layers: z.string(),
      key: z.string(),
      score: z.number(),
      generation: z.int(),
      index: z.int(),
    }),
  ),
  /** The candidates of later generations, which count as being evaluated. */
  pending: z.array(z.object({ architecture: architectureSchema, key: z.string() })),
  forget: z.array(z.string()),
});

/** A run as the thread keeps it between its proposals. */
interface KnownRun {
  /** The settings as text. With other ones, such as more generations, the search begins anew. */
  settings: string;
  search: SearchContext<Architecture>;
  parser: HistoryParser;
  history: StoredCandidate[];
}

const runs = new Map<string, KnownRun>();

function propose(message: unknown): ProposalReply {
  const { runId, seed, settings, index, known, fresh, pending, forget } =
    requestSchema.parse(message);
  for (const id of forget) runs.delete(id);
  const run = knownRun(runId, seed, settings);
  run.history = run.history.filter(({ generation }) => generation < known);
  for (const row of fresh) run.history.push(run.parser.parse(row));
  const strategy = strategies[settings.strategy];
  const search = { ...run.search, pending };
  const { children, priorities } =
    index === 0 ? strategy.initial(search) : strategy.next(run.history, index, search);
  return {
    candidates: children.map((child) => candidateOf(child, settings)),
    priorities,
    references: index === 0 ? referencesOf(settings) : [],
  };
}

/** Returns what the thread keeps of a run; by the same search strategies know that they can go on. */
function knownRun(runId: string, seed: number, settings: SearchSettings): KnownRun {
  const text = JSON.stringify(settings);
  const known = runs.get(runId);
  if (known?.settings === text) return known;
  const run = {
    settings: text,
    search: searchContext(settings, seed),
    parser: known?.parser ?? new HistoryParser(),
    history: known?.history ?? [],
  };
  runs.set(runId, run);
  return run;
}

parentPort?.on("message", (message: unknown) => {
  try {
    parentPort?.postMessage(propose(message));
  } catch (error) {
    const { code, message: sentence } = toOpnasError(error);
    parentPort?.postMessage({ code, sentence } satisfies ProposalReply);
  }
});
