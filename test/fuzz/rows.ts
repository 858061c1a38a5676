import { defaultPretraining } from "@opnas/core";
import { type Database, type SearchRun, settingsOfRun } from "@opnas/prisma";
import { SearchDriver } from "../../server/src/testing/searchDriver.ts";

/** The runs of a team, with what requests may know of them. */
export interface TeamRows {
  teamId: string;
  /** The ids of the first run, of some of its candidates, and of a pre-training. */
  told: string[];
  /** The ids of the second run and of some of its candidates, which nobody else was told of. */
  untold: string[];
  runs: SearchRun[];
  /** Candidates of the runs that have no score yet. */
  waiting: { runId: string; id: string }[];
}

/** Candidates of each run that are scored at once. */
const scored = 15;

/** Stores two runs of a team in which every text that people or workers write holds the mark. */
export async function storeTeamRows(
  database: Database,
  driver: SearchDriver,
  { teamId, mark, seed }: { teamId: string; mark: string; seed: number },
): Promise<TeamRows> {
  const rows: TeamRows = { teamId, told: [], untold: [], runs: [], waiting: [] };
  for (const index of [0, 1]) {
    const run = await driver.startedRun({ population: 30 }, seed + index);
    const ids = await driver.propose(run, 0, true);
    for (const [place, id] of ids.slice(0, scored).entries())
      await driver.evaluate(run.id, id, place % 7);
    await markRun(database, run, { teamId, mark: `${mark}run${index}` });
    const text = { folder: `${mark}pretraining`, vocabulary: null };
    const settings = { ...defaultPretraining(settingsOfRun(run).size), text };
    const { id: pretraining } = await database.pretraining.create({
      data: { architectureId: ids[0] ?? "", settings, seed, steps: 10, waitingReason: mark },
    });
    const found = [run.id, ...ids.slice(0, 3), pretraining];
    (index === 0 ? rows.told : rows.untold).push(...found);
    rows.waiting.push(...ids.slice(scored).map((id) => ({ runId: run.id, id })));
    rows.runs.push(run);
  }
  await database.worker.update({
    where: { id: driver.workerId },
    data: { currentJobs: rows.untold.slice(1, 4).map((id) => `candidate ${id}`) },
  });
  return rows;
}

async function markRun(
  database: Database,
  run: SearchRun,
  { teamId, mark }: { teamId: string; mark: string },
): Promise<void> {
  const settings = { ...settingsOfRun(run), text: { folder: `${mark}text`, vocabulary: null } };
  const texts = {
    name: `${mark}name`,
    note: `${mark}note`,
    tags: [`${mark}tag`],
    progressNote: `${mark}progress`,
    waitingReason: `${mark}waiting`,
    error: { code: "DISK_FULL", message: `${mark}error` },
  };
  await database.searchRun.update({ where: { id: run.id }, data: { teamId, settings, ...texts } });
  await database.architecture.updateMany({
    where: { runId: run.id },
    data: { name: `${mark}backbone`, note: `${mark}candidate`, tags: [`${mark}candidates`] },
  });
}
