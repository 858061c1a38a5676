"use client";

import { FileUp } from "lucide-react";
import Link from "next/link";
import { type SubmitEvent, useState } from "react";
import { useApi } from "@/api/provider";
import { plural } from "@/format/number";
import { TeamSelect } from "@/settings/teams/team-select";
import { useTeams } from "@/settings/teams/use-teams";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Popover } from "@/ui/popover";
import { ProgressBar } from "@/ui/progress-bar";
import { type Imported, sendArchive } from "./send-archive";

/** Offers to bring in a run from an archive of another platform; the API says who may not. */
export function ImportArchive() {
  return (
    <Popover
      label="Import an archive"
      trigger={
        <Button data-testid="import-archive">
          <FileUp aria-hidden /> Import an archive
        </Button>
      }
    >
      <ImportForm />
    </Popover>
  );
}

type State =
  | { step: "chosen" }
  | { step: "sent"; share: number }
  | { step: "done"; imported: Imported }
  | { step: "refused"; sentence: string };

function ImportForm() {
  const { address } = useApi();
  const { teams } = useTeams();
  const [state, setState] = useState<State>({ step: "chosen" });
  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const file = values.get("file");
    if (!(file instanceof File) || file.name === "") {
      setState({ step: "refused", sentence: "Choose a file that “Download as archive” wrote." });
      return;
    }
    const team = values.get("team");
    const teamId = typeof team === "string" ? team : "";
    setState({ step: "sent", share: 0 });
    try {
      const imported = await sendArchive(address.http, { file, teamId }, (share) =>
        setState({ step: "sent", share }),
      );
      setState({ step: "done", imported });
    } catch (error) {
      setState({ step: "refused", sentence: error instanceof Error ? error.message : "" });
    }
  };
  return (
    <form className="space-y-3" onSubmit={(event) => void send(event)} data-testid="import-form">
      <p className="text-pretty text-muted">
        Brings a run in from a file that another platform wrote, with all its ids. Nothing that is
        here already is changed.
      </p>
      <Field label="Archive">
        {(control) => (
          <input
            {...control}
            type="file"
            name="file"
            accept=".opnas"
            className="w-full text-sm file:mr-3 file:h-9 file:rounded-lg file:border file:border-line file:bg-surface file:px-3 file:font-medium hover:file:bg-sunken"
            onChange={() => setState({ step: "chosen" })}
          />
        )}
      </Field>
      {teams.length > 1 && (
        <Field label="For the team">{(control) => <TeamSelect {...control} name="team" />}</Field>
      )}
      <Button type="submit" look="primary" disabled={state.step === "sent"}>
        Import
      </Button>
      <Outcome state={state} />
    </form>
  );
}

function Outcome({ state }: { state: State }) {
  if (state.step === "chosen") return null;
  if (state.step === "refused") {
    return (
      <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 wrap-anywhere">
        {state.sentence}
      </p>
    );
  }
  if (state.step === "done") return <Told imported={state.imported} />;
  const { share } = state;
  return (
    <div className="space-y-1">
      <ProgressBar fraction={share} label="Share of the archive that is sent" />
      <p role="status" className="text-[13px] text-muted">
        {share < 1 ? "The archive is sent." : "All is sent; it is checked and stored."}
      </p>
    </div>
  );
}

function Told({ imported }: { imported: Imported }) {
  const { result, run, rows, artifacts, ignored } = imported;
  const { "architectures.jsonl": architectures = 0, "events.jsonl": events = 0 } = rows;
  const link = (
    <Link href={`/runs/${run.id}`} className="font-medium text-accent hover:underline">
      {run.name}
    </Link>
  );
  return (
    <div role="status" className="space-y-1 wrap-anywhere" data-testid="imported">
      {result === "EQUAL" ? (
        <p>{link} is here already, as the file has it. Nothing was changed.</p>
      ) : (
        <p>
          {link} was imported: {plural(architectures, "architecture")}, {plural(events, "event")}
          {artifacts.length > 0 && `, ${plural(artifacts.length, "file")} of weights`}.
        </p>
      )}
      {run.visibility === "ARCHIVED" && (
        <p>It was put away: “Archived” among the lists shows it.</p>
      )}
      {ignored.length > 0 && (
        <p className="text-muted">
          Left out, since only a newer version knows it: {ignored.join(", ")}.
        </p>
      )}
    </div>
  );
}
