import { OpnasError } from "@opnas/core";
import type { Notifications } from "@opnas/prisma";

/** Messages of waits for a connection that ended: of the pool, of its connections, of Prisma. */
const waits =
  /timeout exceeded when trying to connect|due to connection timeout|unable to start a transaction/i;

/**
 * Returns a function that finds what this process itself was too busy for among the errors of an
 * unreachable database: it waited too long for one of its connections while Postgres is well, as the
 * connection for notifications shows.
 */
export function ofOverload(
  notifications: Pick<Notifications, "isConnected">,
): (error: OpnasError) => OpnasError {
  return (error) => {
    const isBusy =
      error.code === "DATABASE_UNREACHABLE" && notifications.isConnected && hasWaited(error);
    if (!isBusy) return error;
    const message = "The server has more to do than it can at the moment. Try again in a while.";
    return new OpnasError("SERVER_BUSY", message, { cause: error });
  };
}

function hasWaited(error: Error): boolean {
  if (waits.test(error.message)) return true;
  return error.cause instanceof Error && hasWaited(error.cause);
}
