import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Database, openQueue, type Queue } from "@opnas/prisma";
import { SearchDriver } from "../../server/src/testing/searchDriver.ts";
import { type Caller, withCookie, withKey, withNothing } from "./callers.ts";
import { drawMark, Marks } from "./marks.ts";
import type { Member, Owner } from "./owner.ts";
import { storeTeamRows, type TeamRows } from "./rows.ts";

/** The names of presets, which anybody may know. */
const presets = ["tiny", "smoke"];

/** Milliseconds between two changes of the second team's rows. */
const changeMilliseconds = 250;

/**
 * Two teams that share a platform. Members of the first send hostile requests and know some ids of the
 * second, whose every text holds a mark; the second's rows change all the while, so that its streams
 * have something to say.
 */
export class Teams {
  readonly callers: readonly Caller[];
  private readonly database: Database;
  private readonly queue: Queue;
  private readonly driver: SearchDriver;
  private readonly second: TeamRows;
  private readonly secondMark: string;
  private readonly attackers: readonly Member[];
  private readonly changing: Promise<void>;
  private isOver = false;

  private constructor(parts: {
    callers: readonly Caller[];
    database: Database;
    queue: Queue;
    driver: SearchDriver;
    second: TeamRows;
    secondMark: string;
    attackers: readonly Member[];
  }) {
    this.callers = parts.callers;
    this.database = parts.database;
    this.queue = parts.queue;
    this.driver = parts.driver;
    this.second = parts.second;
    this.secondMark = parts.secondMark;
    this.attackers = parts.attackers;
    this.changing = this.change();
  }

  /** Stores both teams, their accounts by the API and their runs as workers do. */
  static async store(databaseUrl: string, owner: Owner): Promise<Teams> {
    const database = createClient(databaseUrl, 2);
    const queue = await openQueue(databaseUrl, { onError: () => undefined, supervise: false });
    const driver = new SearchDriver({ database, queue });
    await driver.signIn();
    const marks = { first: drawMark(), second: drawMark() };
    const firstId = await owner.team(`${marks.first}team`);
    const secondId = await owner.team(`${marks.second}team`);
    const first = await storeTeamRows(database, driver, {
      teamId: firstId,
      mark: marks.first,
      seed: 1,
    });
    const second = await storeTeamRows(database, driver, {
      teamId: secondId,
      mark: marks.second,
      seed: 3,
    });
    const researcher = await owner.member(firstId, "RESEARCHER", "researcher");
    const viewer = await owner.member(firstId, "VIEWER", "viewer");
    const expired = await owner.key(researcher.id, "expired");
    await database.$executeRaw`
      UPDATE "ApiKey" SET "expiresAt" = CURRENT_TIMESTAMP - interval '1 hour' WHERE name = 'expired'`;
    const stranger = await owner.member(secondId, "RESEARCHER", `${marks.second}person`);
    const ids = await storeAround(database, owner, { secondId, stranger, mark: marks.second });

    const known = [...presets, ...first.told, ...second.told, ...ids, secondId, stranger.id];
    const foreign = new Marks([marks.second, ...second.untold]);
    const all = new Marks([marks.first, marks.second, ...first.untold, ...second.untold]);
    const administrator = await owner.member(firstId, "ADMIN", "administrator");
    const callers: Caller[] = [
      { name: "researcher", ...withKey(researcher.key), known, marks: foreign },
      {
        name: "researcher's browser",
        ...withCookie(await owner.signIn(researcher.email)),
        known,
        marks: foreign,
      },
      { name: "viewer", ...withKey(viewer.key), known, marks: foreign },
      { name: "expired key", ...withKey(expired), known, marks: all },
      { name: "nobody", ...withNothing(), known, marks: all },
      // It may read everything, and what only it may do is attacked as well. What it is told of is the
      // first team's, so that it never lets others in where they are not to be.
      {
        name: "administrator",
        ...withKey(administrator.key),
        known: [...presets, ...first.told],
        marks: new Marks([]),
      },
    ];
    const attackers = [researcher, viewer];
    const secondMark = marks.second;
    return new Teams({ callers, database, queue, driver, second, secondMark, attackers });
  }

  /** Lets the first team's members into the second, as a rule that is missing would. */
  async letIn(): Promise<void> {
    const { teamId } = this.second;
    await this.database.teamMember.createMany({
      data: this.attackers.map(({ id: userId }) => ({ teamId, userId })),
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.changing;
    await this.queue.stop({ graceful: true, timeout: 1_000 });
    await this.database.$disconnect();
  }

  /** Changes the second team's rows, one after the other, until the end. */
  private async change(): Promise<void> {
    const { database, driver, second, secondMark } = this;
    for (let count = 0; !this.isOver; count++) {
      const next = second.waiting.pop();
      if (next !== undefined) await driver.evaluate(next.runId, next.id, count % 90);
      for (const { id } of second.runs) {
        const data = { name: `${secondMark}name${count}` };
        await database.searchRun.update({ where: { id }, data });
        await database.$executeRaw`SELECT pg_notify('opnas_run', ${id})`;
      }
      await sleep(changeMilliseconds);
    }
  }
}

/** Stores the second team's rows that belong to no run, with its mark. @returns their ids */
async function storeAround(
  database: Database,
  owner: Owner,
  { secondId, stranger, mark }: { secondId: string; stranger: Member; mark: string },
): Promise<string[]> {
  await owner.key(stranger.id, `${mark}key`);
  const key = await database.apiKey.findFirstOrThrow({ where: { name: `${mark}key` } });
  const webhook = await database.webhook.create({
    data: {
      kind: "STANDARD",
      target: `https://${mark}.invalid/hook`,
      secret: `whsec_${mark}`,
      events: ["RUN_FAILED"],
    },
  });
  await database.webhookDelivery.create({
    data: { webhookId: webhook.id, event: "TEST", dueAt: null, error: `${mark}delivery` },
  });
  await database.ownText.create({ data: { name: `${mark}owntext`, teamId: secondId } });
  const invitation = await database.invitation.create({
    data: {
      email: `${mark}@example.org`,
      role: "VIEWER",
      teamId: secondId,
      hash: mark,
      expiresAt: new Date(Date.now() + 7 * 86_400_000),
    },
  });
  return [key.id, webhook.id, invitation.id];
}
