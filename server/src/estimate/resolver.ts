import { bertLayer, candidateCount, flops, parameterCount, withDepth } from "@opnas/core";
import type { Database } from "@opnas/prisma";
import { Arg, Ctx, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { StartSearchInput } from "../run/inputs.js";
import { plannedRun } from "../run/startSearch.js";
import { measuredSpeed } from "./measured.js";
import { bytesOf, SearchSizePart, sizesOf } from "./sizes.js";
import { SearchEstimate } from "./types.js";

@Resolver()
export class EstimateResolver {
  @Query(() => SearchEstimate, {
    description:
      "The size of a search, the memory and disk that it takes and, where earlier runs measured it, its duration. Starts nothing; the input is checked as startSearch checks it.",
  })
  estimate(
    @Arg("input", () => StartSearchInput, { description: "The search, as startSearch takes it." })
    input: StartSearchInput,
    @Ctx() { database }: Context,
  ): Promise<SearchEstimate> {
    return estimateOf(database, input);
  }
}

async function estimateOf(database: Database, input: StartSearchInput): Promise<SearchEstimate> {
  const { preset, settings } = plannedRun(input);
  const speed = await measuredSpeed(database, preset, settings);
  const candidates = candidateCount(settings);
  // A program outside of the platform trains what it likes, as fast as it can: nothing is known of it.
  const trained = settings.evaluator === "external" ? 0 : candidates;
  const superNetSteps = trained === 0 ? 0 : settings.superNet.steps;
  const isKnown = trained > 0 && speed.slots > 0;
  const superNetMinutes = isKnown ? minutes(speed.secondsPerSuperNetStep, superNetSteps) : null;
  const candidateMinutes = isKnown
    ? minutes(speed.secondsPerCandidate, candidates / speed.slots)
    : null;
  const isMeasured = superNetMinutes !== null && candidateMinutes !== null;
  const bert = withDepth({ version: 1, layers: [bertLayer] }, settings.size.layers);
  const sizes = sizesOf(settings);
  const memories = [SearchSizePart.SUPER_NET_MEMORY, SearchSizePart.CANDIDATE_MEMORY].flatMap(
    (part) => bytesOf(sizes, [part]) ?? [],
  );
  const { SUPER_NET_CHECKPOINT, SUPER_NET_FILE } = SearchSizePart;
  return {
    candidates,
    generations: settings.generations + 1,
    superNetSteps,
    candidateSteps: trained * settings.candidate.steps,
    fineTuneSteps: trained * settings.tasks.length * settings.fineTune.steps,
    referenceParams: parameterCount(bert, settings.size),
    referenceFlops: flops(bert, settings.size),
    slots: speed.slots,
    superNetMinutes,
    candidateMinutes,
    minutes: isMeasured ? superNetMinutes + candidateMinutes : null,
    measuredEvaluations: speed.evaluations,
    measuredRuns: speed.runs,
    memoryBytes: memories.length === 0 ? null : Math.max(...memories),
    diskBytes: bytesOf(sizes, [SUPER_NET_CHECKPOINT, SUPER_NET_FILE]),
    sizes,
  };
}

function minutes(seconds: number | null, times: number): number | null {
  return seconds === null ? null : (seconds * times) / 60;
}
