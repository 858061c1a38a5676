/** Searches that are disturbed in every way; run by `npm run test:faults`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type SearchSettings, stream } from "@opnas/core";
import { flag, runBench, whole } from "../../bench/common/command.ts";
import { kindsFor } from "./kinds.ts";
import type { LaneOptions } from "./lane.ts";
import { removeLeftovers } from "./laneFolder.ts";
import { LanePool } from "./pool.ts";
import { writeRecording } from "./recording.ts";
import { drawPlan, type Planner, twice } from "./plan.ts";
import { playRound, type Round } from "./round.ts";
import { recordOnce, searchSettings } from "./search.ts";
import { summaryOf } from "./summary.ts";

const about = `Runs one search undisturbed, with trainers that really train, and then again and again while processes
are killed and frozen, Postgres is restarted, connections are cut, clocks jump, disks fill up and files are damaged
at random. Every round must end in the very state of the undisturbed search: population, scores, lineage,
statistics and events. In --rounds the trainers replay the recorded results, so that a round takes seconds; in
--real rounds they train. Workers with recorded trainers share no folder, but a bucket. With --each, one more round for every kind of fault goes first, in which it strikes
within the super-net and again among the candidates. --in-flight 8 lets the search's generations overlap. Ctrl-C ends after the rounds under way, with the figures of
those that were played. --lanes platforms run side by side.`;

/** Set by Ctrl-C: the rounds under way are ended, and what was measured is written. */
let isInterrupted = false;
process.once("SIGINT", () => {
  console.error("No more rounds; those under way go on to their end. Ctrl-C again ends at once.");
  isInterrupted = true;
});

await runBench(
  {
    name: "test:faults",
    about,
    options: {
      rounds: whole(0).default(200),
      real: whole(0).default(4),
      seed: whole(0).default(1),
      lanes: whole(1).default(3),
      workers: whole(1).default(2),
      each: flag,
      "in-flight": whole(1).optional(),
    },
    quick: { rounds: "0", real: "0", lanes: "2", each: true },
  },
  async ({ rounds, real, seed, lanes, workers, each, ...options }) => {
    await removeLeftovers();
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-recording-"));
    try {
      console.error("The undisturbed search…");
      const settings = searchSettings(options["in-flight"] ?? null);
      const recording = await recordOnce(settings);
      const file = path.join(folder, "recording.json");
      await writeRecording(file, recording);
      const say = () => undefined;
      const expected = recording.finalState;
      const played: Round[] = [];
      if (each || rounds > 0) {
        const ofLanes: LaneOptions = {
          trainers: "recorded",
          store: "bucket",
          recording: file,
          workers,
          say,
        };
        const planners = (kinds: string[]) => [
          ...(each ? kinds.map((kind) => () => twice(kind)) : []),
          ...Array.from({ length: rounds }, () => drawPlan),
        ];
        played.push(
          ...(await play({ seed, settings, expected, planners }, { lanes, options: ofLanes })),
        );
      }
      if (real > 0) {
        const ofLanes: LaneOptions = { trainers: "real", store: "folder", workers, say };
        const planners = () => Array.from({ length: real }, () => drawPlan);
        played.push(
          ...(await play({ seed, settings, expected, planners }, { lanes: 1, options: ofLanes })),
        );
      }
      const summary = summaryOf(played);
      console.log(JSON.stringify(summary, undefined, 2));
      const isSame = summary.equal === summary.rounds && summary.lost + summary.doubled === 0;
      if (!isSame) process.exitCode = 1;
      return { ...summary, seed, played };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** Plays a round for each planner, on lanes that are started for them, side by side. */
async function play(
  rounds: {
    seed: number;
    settings: SearchSettings;
    expected: string;
    planners: (kinds: string[]) => Planner[];
  },
  { lanes, options }: { lanes: number; options: LaneOptions },
): Promise<Round[]> {
  const pool = await LanePool.start(lanes, options);
  const { trainers } = options;
  let done = 0;
  const one = async (planner: Planner, index: number, count: number) => {
    const random = stream(rounds.seed, `faults with ${trainers} trainers`, index);
    const round = await pool.with(async (lane) =>
      isInterrupted ? undefined : playRound(lane, rounds, planner(random, kindsFor(lane)), random),
    );
    if (round === undefined) return [];
    done += 1;
    const mark = round.isEqual ? "equal" : `DIFFERENT, ${round.difference ?? ""}`;
    const seconds = `${round.seconds.toFixed(0)} s`;
    console.error(
      `${done} of ${count} with ${trainers} trainers: ${round.struck.join(", ")}: ${mark}, ${seconds}`,
    );
    return [round];
  };
  try {
    const planners = rounds.planners(pool.lanes.flatMap(kindsFor).filter(isFirst));
    const played = planners.map((planner, index) => one(planner, index, planners.length));
    return (await Promise.all(played)).flat();
  } finally {
    await pool.stop();
  }
}

function isFirst<T>(each: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(each) === index;
}
