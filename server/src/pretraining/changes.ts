import {
  type Database,
  type Notifications,
  type Pretraining,
  pretrainingChannel,
  type PretrainingStatus,
} from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { Backoff } from "../events/backoff.js";
import { abortOnLeave, Latch } from "../events/latch.js";
import { throttle } from "../events/throttle.js";
import { runsOf, type TeamIds } from "../identity/visible.js";

const openStatuses: PretrainingStatus[] = ["QUEUED", "RUNNING"];

/**
 * Streams every pre-training of the caller's teams that is not over, at once; then each that is new or has changed, in its
 * state at the time of sending, at most four times a second. After a lost connection to the database
 * all that have changed since are among those that were sent before: they are read again.
 * @param architectureId the architecture whose pre-trainings are wanted; null for all
 */
export function trainingChanges(
  services: {
    database: Database;
    notifications: Notifications;
    backoff: Backoff;
    teamIds: TeamIds;
  },
  architectureId: string | null,
): AsyncIterable<Pretraining> {
  const { database, notifications, backoff, teamIds } = services;
  const ofArchitecture = architectureId === null ? {} : { architectureId };
  const listed = {
    architecture: { run: { deletedAt: null, ...runsOf(teamIds) } },
    ...ofArchitecture,
  };
  return new Repeater<Pretraining>(async (push, stop) => {
    const changedIds = new Set<string>();
    const open = new Set<string>();
    let isAllWanted = true;
    const changed = new Latch();
    const unlisten = notifications.listen(pretrainingChannel, (id) => {
      if (id === null) isAllWanted = true;
      else changedIds.add(id);
      changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    const read = (ids: string[], isAll: boolean) => {
      const isOpen = { status: { in: openStatuses } };
      const isWanted = isAll ? { OR: [{ id: { in: ids } }, isOpen] } : { id: { in: ids } };
      const where = { ...listed, ...isWanted };
      return database.pretraining.findMany({ where, orderBy: { id: "asc" } });
    };
    try {
      while (!signal.aborted) {
        const isAll = isAllWanted;
        const ids = [...changedIds, ...(isAll ? open : [])];
        changedIds.clear();
        isAllWanted = false;
        const rows = await backoff.retry(() => read(ids, isAll), signal);
        for (const row of rows ?? []) {
          if (openStatuses.includes(row.status)) open.add(row.id);
          else open.delete(row.id);
          await push(row);
        }
        await throttle(signal);
        await changed.wait();
      }
    } finally {
      unlisten();
    }
  });
}
