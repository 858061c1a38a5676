import { whenValid } from "@opnas/core";
import {
  type Architecture as ArchitectureRow,
  type ExternalReport,
  leaseCandidates,
  type LeasedCandidate,
  reportCandidate,
  type SearchRun as RunRow,
} from "@opnas/prisma";
import { Arg, Ctx, ID, Int, Mutation, Resolver } from "type-graphql";
import { z } from "zod";
import { Stability } from "../architecture/types.js";
import type { Context } from "../context.js";
import { isRowId, parseInput, text } from "../input.js";
import { notFound } from "../notFound.js";
import { CandidateBatch, ReportPayload, ScoreReport } from "./types.js";

/** The most candidates of one request. */
const maxCandidates = 100;

/** The seconds for which a candidate is handed out: by default, and at most (30 days). */
const usualLease = 3_600;
const longestLease = 30 * 86_400;

const countSchema = z
  .int()
  .min(1, "it is below 1")
  .max(maxCandidates, `it is over ${maxCandidates}`);
const leaseSchema = z.int().min(1, "it is below 1").max(longestLease, `it is over ${longestLease}`);

const reportSchema = z
  .object({
    score: z.number().min(0, "it is below 0").max(100, "it is over 100").nullish(),
    failure: text(1_000).min(1, "it is empty").nullish(),
    stability: z.enum(Stability).nullish(),
    stepSeconds: z.number().positive("it is not above 0").nullish(),
    stepRatio: z.number().positive("it is not above 0").nullish(),
    seconds: z.number().min(0, "it is below 0").nullish(),
    attempt: z.int().min(1, "it is below 1").nullish(),
  })
  .refine(({ score, failure }) => (score == null) !== (failure == null), {
    error: "it needs either a score or a failure",
    when: whenValid,
  });

@Resolver()
export class ExternalResolver {
  @Mutation(() => CandidateBatch, {
    description:
      "Hands candidates of a run to a program outside of the platform, which is to report their scores with reportScore. The run needs the setting evaluator = external; its generations are proposed by its strategy, on the platform's workers, as always. A candidate whose time ran out is handed out again.",
  })
  async proposeCandidates(
    @Arg("runId", () => ID, { description: "The run's id." }) runId: string,
    @Arg("count", () => Int, {
      defaultValue: 1,
      description: `The most candidates to hand out, 1 to ${maxCandidates}.`,
    })
    count: number,
    @Arg("leaseSeconds", () => Int, {
      defaultValue: usualLease,
      description: `The seconds until another evaluator may get them, 1 to ${longestLease}.`,
    })
    leaseSeconds: number,
    @Ctx() { database }: Context,
  ): Promise<{ candidates: LeasedCandidate[]; run: RunRow }> {
    if (!isRowId(runId)) throw notFound("run", runId);
    return leaseCandidates(database, runId, {
      count: parseInput(countSchema, count, "count"),
      seconds: parseInput(leaseSchema, leaseSeconds, "leaseSeconds"),
    });
  }

  @Mutation(() => ReportPayload, {
    description:
      "Stores what a program outside of the platform found about a candidate that it was handed. A repeated report changes nothing; one with another score is refused with WRONG_STATE, one that came after its time was over and another evaluator was handed the candidate with ATTEMPT_REPLACED, and one while the run is paused with STOPPED.",
  })
  async reportScore(
    @Arg("candidateId", () => ID, { description: "The id of the candidate's architecture." })
    candidateId: string,
    @Arg("report", () => ScoreReport, { description: "The score, or why there is none." })
    report: ScoreReport,
    @Ctx() { database, queue }: Context,
  ): Promise<{ architecture: ArchitectureRow; runId: string }> {
    const parsed = parseInput(reportSchema, report, "report");
    if (!isRowId(candidateId)) throw notFound("architecture", candidateId);
    const { attempt = null } = parsed;
    const architecture = await reportCandidate(
      database,
      queue,
      candidateId,
      attempt,
      externalReport(parsed),
    );
    return { architecture, runId: architecture.runId };
  }
}

/** Returns a report in the form in which results are stored; what only the platform measures is null. */
function externalReport(report: z.infer<typeof reportSchema>): ExternalReport {
  const { score, failure, stability, stepSeconds = null, stepRatio = null, seconds } = report;
  if (score == null) return { failure: failure ?? "" };
  return {
    result: {
      score,
      stability: stability ?? "STABLE",
      heldOutLoss: null,
      heldOutAccuracy: null,
      stepSeconds,
      stepRatio,
      tokenUniformity: null,
      taskScores: [],
      timings: { trainSeconds: seconds ?? 0, fineTuneSeconds: 0, scoreSeconds: 0 },
    },
  };
}
