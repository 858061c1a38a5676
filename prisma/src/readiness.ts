import { z } from "zod";
import { databaseError } from "./databaseError.js";
import { migrationNames } from "./migrate.js";
import type { Notifications } from "./notifications.js";
import type { Probe } from "./probe.js";
import { queues } from "./queue.js";

/** A part that a process needs to do its work and that it does not have at the moment. */
export interface UnreadyPart {
  part: "database" | "queue" | "schema" | "notifications";
  /** Reason, as a sentence for a person. */
  reason: string;
}

const nameSchema = z.object({ name: z.string() });

/**
 * Lists what is not ready: the database, the queue's tables, the schema, and the connection that
 * receives notifications. Where the database does not answer, the parts that lie in it are not listed
 * too.
 */
export async function unreadyParts(
  probe: Probe,
  notifications: Notifications,
): Promise<UnreadyPart[]> {
  const database = await check("database", async () => {
    await probe.ask(z.unknown(), "SELECT 1");
    return null;
  });
  const stored =
    database === null
      ? [
          await check("queue", () => queueProblem(probe)),
          await check("schema", () => schemaProblem(probe)),
        ]
      : [];
  const listener: UnreadyPart | null = notifications.isConnected
    ? null
    : { part: "notifications", reason: "The connection for notifications is being made again." };
  return [database, ...stored, listener].filter((found) => found !== null);
}

async function check(
  part: UnreadyPart["part"],
  problemOf: () => Promise<string | null>,
): Promise<UnreadyPart | null> {
  try {
    const reason = await problemOf();
    return reason === null ? null : { part, reason };
  } catch (error) {
    return { part, reason: databaseError(error).message };
  }
}

async function queueProblem(probe: Probe): Promise<string | null> {
  const names = Object.values(queues);
  await probe.ask(z.unknown(), "SELECT FROM pgboss.job LIMIT 1");
  const query = "SELECT name FROM pgboss.queue WHERE name = ANY($1)";
  const found = new Set((await probe.ask(nameSchema, query, [names])).map(({ name }) => name));
  const missing = names.filter((name) => !found.has(name));
  return missing.length === 0 ? null : `The queue lacks ${missing.join(", ")}.`;
}

/**
 * Names the migrations that this program needs and the database lacks. Those of a newer version are no
 * problem for a program that runs: they only add, and it must serve until the newer one takes over.
 */
async function schemaProblem(probe: Probe): Promise<string | null> {
  const query = `SELECT migration_name AS name FROM "_prisma_migrations"
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  const applied = new Set((await probe.ask(nameSchema, query)).map(({ name }) => name));
  const missing = (await migrationNames()).filter((name) => !applied.has(name));
  return missing.length === 0 ? null : `The database lacks ${missing.join(", ")}; migrate it.`;
}
