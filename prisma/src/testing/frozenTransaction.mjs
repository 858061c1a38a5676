/**
 * Locks a run's row in a transaction, says so, and waits; its parent stops it. Then says its error. The
 * session's limit of 10 s is shortened to 1 s, so that the test need not wait.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, databaseError } from "../../dist/index.js";

const [url, id] = process.argv.slice(2);
const db = createClient(url, 1);
try {
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = '1s'`;
      await tx.searchRun.update({ where: { id }, data: { name: "locked" } });
      process.send("locked");
      await sleep(500);
      await tx.searchRun.update({ where: { id }, data: { name: "late" } });
    },
    { timeout: 60_000 },
  );
  process.send({ code: "WRITTEN" });
} catch (error) {
  process.send({ code: databaseError(error).code, message: String(error) });
}
