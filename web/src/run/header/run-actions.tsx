"use client";

import { CircleStop, Pause, Play } from "lucide-react";
import { useMutation } from "urql";
import { isActive } from "@/status/status";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { ErrorNotice } from "@/ui/states";
import type { FullRun } from "@/run/queries";
import { ExtendForm } from "./extend-form";
import { cancelSearch, pauseSearch, resumeSearch } from "./queries";

/** Buttons to pause, resume, cancel and extend, as the run's status allows. */
export function RunActions({ run }: { run: FullRun }) {
  const [pausing, pause] = useMutation(pauseSearch);
  const [resuming, resume] = useMutation(resumeSearch);
  const [cancelling, cancel] = useMutation(cancelSearch);
  const busy = pausing.fetching || resuming.fetching || cancelling.fetching;
  const error = pausing.error ?? resuming.error ?? cancelling.error;
  const { id, status } = run;
  return (
    <>
      {(status === "RUNNING" || status === "QUEUED") && (
        <Button disabled={busy} onClick={() => void pause({ id })} data-testid="pause-run">
          <Pause aria-hidden /> Pause
        </Button>
      )}
      {(status === "PAUSED" || status === "FAILED" || status === "CANCELLED") && (
        <Button
          look="primary"
          disabled={busy}
          onClick={() => void resume({ id })}
          data-testid="resume-run"
        >
          <Play aria-hidden /> Resume
        </Button>
      )}
      {isActive(status) && (
        <Confirm
          trigger={
            <Button look="danger" disabled={busy} data-testid="cancel-run">
              <CircleStop aria-hidden /> Cancel
            </Button>
          }
          title={`Cancel ${run.name}?`}
          action="Cancel the search"
          keep="Keep it"
          onConfirm={() => void cancel({ id })}
        >
          What was found so far is kept, and the search can be resumed from there.
        </Confirm>
      )}
      {status === "DONE" && <ExtendForm runId={id} />}
      {error && <ErrorNotice error={error} />}
    </>
  );
}
