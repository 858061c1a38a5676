import { candidateCount, taskCatalog, type SearchSettings } from "@opnas/core";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { RunPhase } from "./enums.js";
import type { RunRow } from "./row.js";

@ObjectType({
  description:
    "The progress of a run: `done` and `total` of the present phase, `fraction` of the whole run.",
})
export class Progress {
  @Field(() => RunPhase, { description: "The phase that the run is in." })
  phase!: RunPhase;

  @Field(() => Int, { description: "The steps or candidates of the present phase that are done." })
  done!: number;

  @Field(() => Int, {
    description: "All steps or candidates of the present phase; 0 until they are known.",
  })
  total!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      "The estimated seconds that the rest of the present phase takes. Null until it can be estimated, and while nothing runs.",
  })
  etaSeconds!: number | null;

  @Field(() => Float, {
    description:
      "The share of the whole run's training work that is done, 0 to 1; an estimate, as phases differ in speed.",
  })
  fraction!: number;

  @Field(() => String, {
    nullable: true,
    description: "A note on the present work, for people. Null if there is none.",
  })
  message!: string | null;
}

/** Computes the progress of a run from its row. */
export function progressOf(run: RunRow, settings: SearchSettings): Progress {
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
 * Computes the share of the run's work that is done, 0 to 1. Work is counted in sequences that pass through a model,
 * a training step's three times (its backward pass costs about two forward passes). That ignores
 * that candidates differ in cost, so it is an estimate; within a phase it is exact.
 */
function fractionOf(run: RunRow, settings: SearchSettings): number {
  if (run.phase === "FINISHED") return 1;
  if (run.phase === "PREPARING" || run.progressTotal === 0) {
    return run.phase === "SEARCHING" ? superNetShare(settings) : 0;
  }
  const inPhase = run.progressDone / run.progressTotal;
  const share = superNetShare(settings);
  return run.phase === "SUPERNET" ? share * inPhase : share + (1 - share) * inPhase;
}

/**
 * The cost of a sequence in the super-net, relative to one in a candidate's fine-tuning: it has full
 * length, its words are predicted among the whole vocabulary, and its graphs run only once.
 * Preset tiny, native, 2 cores: the super-net took 112 s of 378 (`npm run search -- --preset tiny
 * --seed 7`, which prints its split of time).
 */
const superNetCost = 2;

/**
 * Computes the super-net's share of a run's work; each step trains two sub-networks (docs/paper.md
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
