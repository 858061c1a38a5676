/** The thread that proposals.ts starts: it holds the histories of runs and computes generations. */
import { parentPort } from "node:worker_threads";
import {
  architectureSchema,
  searchContext,
  searchSettingsSchema,
  strategies,
  toOpnasError,
} from "@opnas/core";
import { candidateOf, parseHistoryRow, referencesOf, type StoredCandidate } from "@opnas/prisma";
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
      architecture: z.unknown(),
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

const histories = new Map<string, StoredCandidate[]>();

function propose(message: unknown): ProposalReply {
  const { runId, seed, settings, index, known, fresh, pending, forget } =
    requestSchema.parse(message);
  for (const id of forget) histories.delete(id);
  const earlier = (histories.get(runId) ?? []).filter(({ generation }) => generation < known);
  const history = [...earlier, ...fresh.map(parseHistoryRow)];
  histories.set(runId, history);
  const strategy = strategies[settings.strategy];
  const search = { ...searchContext(settings, seed), pending };
  const { children, priorities } =
    index === 0 ? strategy.initial(search) : strategy.next(history, index, search);
  return {
    candidates: children.map((child) => candidateOf(child, settings)),
    priorities,
    references: index === 0 ? referencesOf(settings) : [],
  };
}

parentPort?.on("message", (message: unknown) => {
  try {
    parentPort?.postMessage(propose(message));
  } catch (error) {
    const { code, message: sentence } = toOpnasError(error);
    parentPort?.postMessage({ code, sentence } satisfies ProposalReply);
  }
});
