"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { Panel } from "@/ui/card";
import { Field, Input } from "@/ui/field";
import { Loaded } from "@/ui/loaded";
import { MutationForm } from "@/ui/mutation-form";
import { AccountsOff } from "../accounts-off";
import { OnlyFor } from "../only-for";
import { createTeam, teamList } from "./queries";
import { TeamPanel } from "./team-panel";

/** The teams that the person sees; administrators see and change all. */
export function TeamsPage() {
  return (
    <OnlyFor role="VIEWER">
      {({ account, role }) =>
        account ? (
          <Teams isAdmin={role === "ADMIN"} ownId={account.id} />
        ) : (
          <AccountsOff title="Teams">
            Teams own runs and what came of them; without accounts all of it is yours.
          </AccountsOff>
        )
      }
    </OnlyFor>
  );
}

function Teams({ isAdmin, ownId }: { isAdmin: boolean; ownId: string }) {
  const [{ data, error }, retry] = useLiveQuery({ query: teamList });
  return (
    <>
      <Loaded
        rows={data?.teams}
        error={error}
        retry={retry}
        empty="You are in no team, so you see no runs but those of teams that an administrator adds you to."
      >
        {(teams) =>
          teams.map((team) => (
            <TeamPanel key={team.id} team={team} isAdmin={isAdmin} ownId={ownId} />
          ))
        }
      </Loaded>
      {isAdmin && (
        <Panel title="Create a team" note="Its members see its runs and nobody else's.">
          <MutationForm
            mutation={createTeam}
            variables={(values) => ({ name: values.text("name") })}
            label="Create the team"
            data-testid="team-form"
          >
            {(errorOf) => (
              <div className="max-w-sm">
                <Field label="Name" {...errorOf("name")}>
                  {(control) => <Input {...control} name="name" autoComplete="off" />}
                </Field>
              </div>
            )}
          </MutationForm>
        </Panel>
      )}
    </>
  );
}
