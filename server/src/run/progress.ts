import { candidateCount, taskCatalog, type SearchSettings } from "@opnas/core";
import type { SearchRun } from "@opnas/prisma";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { RunPhase } from "./enums.js";

@ObjectType({
  description:
    "How far a run is. done/total count the present phase's steps or candidates; fraction is of the whole run.",
})
export class Progress {
  @Field(() => RunPhase)
  phase!: RunPhase;

  @Field(() => Int)
  done!: number;

  @Field(() => Int)
  total!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      "Rest of the present phase. Null until it can be estimated, and while nothing runs.",
  })
  etaSeconds!: number | null;

  @Field(() => Float, {
    description:
      "0 to 1, of the whole run, by the training work done; an estimate, for phases differ in speed.",
  })
  fraction!: number;

  @Field(() => String, { nullable: true })
  message!: string | null;
}

/** How far a run is, from its row. */
export function progressOf(run: SearchRun, settings: SearchSettings): Progress {
  return {
    phase: run.phase,
    done: run.progressDone,
    total: run.progressTotal,
    etaSeconds: run.etaSeconds === null ? null : Math.max(0, Math.round(run.etaSeconds)),
    fraction: fractionOf(run, settings),
    message: run.progressNote,
  };
}

/**
 * The part of the run's work that is done. Work is counted in sequences that pass through a model,
 * a training step's three times (its backward pass costs about two forward passes). That ignores
 * that candidates differ in cost, so it is an estimate; within a phase it is exact.
 */
function fractionOf(run: SearchRun, settings: SearchSettings): number {
  if (run.phase === "FINISHED") return 1;
  if (run.phase === "PREPARING" || run.progressTotal === 0) {
    return run.phase === "SEARCHING" ? superNetShare(settings) : 0;
  }
  const inPhase = run.progressDone / run.progressTotal;
  const share = superNetShare(settings);
  return run.phase === "SUPERNET" ? share * inPhase : share + (1 - share) * inPhase;
}

/**
 * What a sequence costs in the super-net, by what it costs in a candidate's fine-tuning: it is of
 * full length, its words are guessed among the whole vocabulary, and its graphs run once only.
 * Preset tiny, native, 2 cores: the super-net took 112 s of 378 (`npm run search -- --preset tiny
 * --seed 7`, which prints its split of time).
 */
const superNetCost = 2;

/**
 * The super-net's part of a run's work; each of its steps trains two sub-networks (docs/paper.md
 * §4).
 */
function superNetShare(settings: SearchSettings): number {
  const superNet = 2 * superNetCost * trainingWork(settings.superNet);
  return superNet / (superNet + candidateCount(settings) * candidateWork(settings));
}

function candidateWork({ candidate, fineTune, tasks, evaluationExamples }: SearchSettings): number {
  const fineTuned = tasks.filter((task) => taskCatalog[task].kind === "fineTuned").length;
  return (
    trainingWork(candidate) + fineTuned * trainingWork(fineTune) + tasks.length * evaluationExamples
  );
}

function trainingWork({ steps, batch }: { steps: number; batch: number }): number {
  return 3 * steps * batch;
}
