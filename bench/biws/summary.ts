import { candidateCount, type Architecture, type SearchSettings } from "@opnas/core";
import { readTensors } from "@opnas/worker";
import { tensorNamed } from "@opnas/worker/internals";
import { kendallLead, kendallWithInterval, type Interval } from "../common/interval.ts";
import { item } from "../common/items.ts";
import { mean } from "../common/statistics.ts";
import type { TrainingRecord } from "../record/file.ts";
import {
  superNetFile,
  variantNames,
  type Inherited,
  type Plan,
  type Results,
  type Variant,
} from "./trainings.ts";

/** Kendall's τ with the scores trained alone; null where one side is constant. */
interface Agreement {
  all: Interval | null;
  /** Over the architectures that learned alone under every seed. */
  learners: Interval | null;
}

/** Counts of the steps in which each branch of each layer was trained. */
interface TrainedBranches {
  attention: number[];
  convolution: number[];
}

/** The bench's result. */
export interface Report {
  tau: Interval | null;
  tauLearners: Interval | null;
  /** A candidate's cost, with its share of the super-net's, by that of a training alone. */
  costRatio: number | null;
  proxies: Record<
    "parameters" | "flops" | "convolutions" | "operations" | "softmaxes" | "oneBranch",
    Agreement
  >;
  /** Lead of two branches a step, mean of the seeds' scores, in τ over all. */
  lead: Record<"convolutions" | "oneBranch", Interval | null>;
  betweenSeedsAlone?: Agreement;
  seconds: {
    superNet: number | null;
    candidate: number;
    alone: number;
    candidatesOfASearch: number;
  };
  trained: Record<Variant, TrainedBranches>;
  architectures: number;
  learners: number;
  seeds: number;
  settings: SearchSettings;
  plan: TrainingRecord["plan"];
  scores: ({ key: string; alone: number; learned: boolean } & Record<Variant, Inherited[]>)[];
}

/**
 * Everything that was measured; seconds of one super-net, one candidate, one training alone each.
 */
interface Measured {
  results: Results;
  superNetSeconds: readonly number[];
  candidateSeconds: readonly number[];
  aloneSeconds: readonly number[];
}

/** Summarises what was measured; `folder` holds the super-nets. */
export async function summarise(
  { entries, seeds, variants, alone }: Plan,
  { results, superNetSeconds, candidateSeconds, aloneSeconds }: Measured,
  folder: string,
): Promise<Report> {
  const truth = entries.map(({ runs }) => mean(runs.map(({ score }) => score)));
  const learned = entries.map(({ runs }) => runs.every(({ stability }) => stability === "STABLE"));
  const among = (values: readonly number[]) => values.filter((_, at) => learned[at]);
  const agreement = (values: readonly number[], other = truth): Agreement => ({
    all: kendallWithInterval(values, other),
    learners: kendallWithInterval(among(values), among(other)),
  });
  const bySeed = (variant: Variant) =>
    meanOver(results[variant].map((each) => agreement(each.map(({ score }) => score))));

  const candidates = candidateCount(variants.biws);
  const isCostKnown = superNetSeconds.length > 0;
  const perCandidate = mean(candidateSeconds) + mean(superNetSeconds) / candidates;
  const underSeed = (at: number) => entries.map(({ runs }) => item(runs, at).score);
  const isTwice = entries.every(({ runs }) => runs.length > 1);
  const biws = bySeed("biws");
  const meanScores = (variant: Variant) =>
    entries.map((_, at) => mean(results[variant].map((each) => item(each, at).score)));
  const convolutionCounts = entries.map(({ architecture }) => convolutions(architecture));
  return {
    tau: biws.all,
    tauLearners: biws.learners,
    costRatio: isCostKnown ? perCandidate / mean(aloneSeconds) : null,
    proxies: {
      parameters: agreement(entries.map(({ parameters }) => parameters)),
      flops: agreement(entries.map(({ flops }) => flops)),
      convolutions: agreement(convolutionCounts),
      operations: agreement(entries.map(({ architecture }) => operations(architecture).length)),
      softmaxes: agreement(
        entries.map(
          ({ architecture }) => operations(architecture).filter((op) => op === "softmax").length,
        ),
      ),
      oneBranch: bySeed("oneBranch"),
    },
    lead: {
      convolutions: kendallLead(meanScores("biws"), convolutionCounts, truth),
      oneBranch: kendallLead(meanScores("biws"), meanScores("oneBranch"), truth),
    },
    ...(isTwice && { betweenSeedsAlone: agreement(underSeed(0), underSeed(1)) }),
    seconds: {
      superNet: isCostKnown ? mean(superNetSeconds) : null,
      candidate: mean(candidateSeconds),
      alone: mean(aloneSeconds),
      candidatesOfASearch: candidates,
    },
    trained: {
      biws: await trainedBranches(superNetFile(folder, "biws", item(seeds, 0))),
      oneBranch: await trainedBranches(superNetFile(folder, "oneBranch", item(seeds, 0))),
    },
    architectures: entries.length,
    learners: learned.filter(Boolean).length,
    seeds: seeds.length,
    settings: variants.biws,
    plan: alone.plan,
    scores: entries.map(({ key }, at) => {
      const of = (variant: Variant) => results[variant].map((each) => item(each, at));
      return {
        key,
        alone: item(truth, at),
        learned: item(learned, at),
        biws: of("biws"),
        oneBranch: of("oneBranch"),
      };
    }),
  };
}

function convolutions({ layers }: Architecture): number {
  return layers.filter(({ kind }) => kind === "conv").length;
}

/** Returns the operations of all attention graphs. */
function operations({ layers }: Architecture): string[] {
  return layers.flatMap((layer) =>
    layer.kind === "attention" ? layer.graph.nodes.map(({ op }) => op) : [],
  );
}

/** Returns the mean of the seeds' figures, of those that are known. */
function meanOver(agreements: readonly Agreement[]): Agreement {
  const over = (intervals: (Interval | null)[]): Interval | null => {
    const known = intervals.filter((interval) => interval !== null);
    if (known.length === 0) return null;
    return {
      median: mean(known.map(({ median }) => median)),
      low: mean(known.map(({ low }) => low)),
      high: mean(known.map(({ high }) => high)),
    };
  };
  return {
    all: over(agreements.map(({ all }) => all)),
    learners: over(agreements.map(({ learners }) => learners)),
  };
}

async function trainedBranches(file: string): Promise<TrainedBranches> {
  const tensors = await readTensors(file);
  const of = (kind: string) => [...tensorNamed(tensors, `training.trained.${kind}`).data];
  return { attention: of("attention"), convolution: of("conv") };
}

/** Prints a report as a table. */
export function print(report: Report): void {
  const { proxies, betweenSeedsAlone } = report;
  const rows: [name: string, agreement: Agreement][] = [
    ["two branches a step", { all: report.tau, learners: report.tauLearners }],
    ["one branch a step", proxies.oneBranch],
    ["parameters", proxies.parameters],
    ["FLOPs", proxies.flops],
    ["convolution layers", proxies.convolutions],
    ["operations in attention graphs", proxies.operations],
    ["softmax operations", proxies.softmaxes],
  ];
  if (betweenSeedsAlone) rows.push(["alone, one seed against another", betweenSeedsAlone]);
  console.log("Kendall's τ with scores trained alone: all, learners");
  for (const [name, { all, learners }] of rows) {
    console.log(`  ${name}: ${shown(all)}, ${shown(learners)}`);
  }
  console.log(`two branches above convolution layers: ${shown(report.lead.convolutions)}`);
  console.log(`two branches above one branch: ${shown(report.lead.oneBranch)}`);
  console.log(`cost ratio ${report.costRatio?.toFixed(3) ?? "not known"}`, report.seconds);
  for (const variant of variantNames) {
    console.log(`trained, ${variant}: ${JSON.stringify(report.trained[variant])}`);
  }
}

function shown(interval: Interval | null): string {
  if (interval === null) return "–";
  const { median, low, high } = interval;
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
