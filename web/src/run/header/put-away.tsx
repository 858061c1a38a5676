"use client";

import { Archive, Trash2, Undo2 } from "lucide-react";
import { useMutation } from "urql";
import { isActive } from "@/status/status";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { ErrorNotice } from "@/ui/states";
import type { FullRun } from "@/run/queries";
import { archiveRun, deleteRun, restoreRun } from "./queries";

/** Buttons to archive, delete and restore a run that is over. */
export function PutAway({ run }: { run: FullRun }) {
  const [archiving, archive] = useMutation(archiveRun);
  const [deleting, remove] = useMutation(deleteRun);
  const [restoring, restore] = useMutation(restoreRun);
  const busy = archiving.fetching || deleting.fetching || restoring.fetching;
  const error = archiving.error ?? deleting.error ?? restoring.error;
  const { id, name, status, archivedAt, deletedAt } = run;
  if (isActive(status)) return null;
  const isHidden = archivedAt !== null || deletedAt !== null;
  return (
    <>
      {isHidden && (
        <Button
          look="primary"
          disabled={busy}
          onClick={() => void restore({ id })}
          data-testid="restore-run"
        >
          <Undo2 aria-hidden /> Restore
        </Button>
      )}
      {!isHidden && (
        <Button disabled={busy} onClick={() => void archive({ id })} data-testid="archive-run">
          <Archive aria-hidden /> Archive
        </Button>
      )}
      {deletedAt === null && (
        <Confirm
          trigger={
            <Button look="danger" disabled={busy} data-testid="delete-run">
              <Trash2 aria-hidden /> Delete
            </Button>
          }
          title={`Delete ${name}?`}
          action="Delete the run"
          keep="Keep it"
          onConfirm={() => void remove({ id })}
        >
          It leaves every list and the leaderboard now, with its candidates and pre-trained models.
          After a week, unless the platform is set otherwise, its rows and events, its super-net,
          checkpoints and models, and prepared text that only it used are removed for good. Until
          then it can be restored from this page.
        </Confirm>
      )}
      {error && <ErrorNotice error={error} />}
    </>
  );
}
