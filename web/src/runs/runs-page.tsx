"use client";

import { useState } from "react";
import type { RunStatus, RunVisibility } from "@/generated/graphql";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Select } from "@/ui/field";
import { PageHeader } from "@/ui/page";
import { SearchBox } from "@/ui/search-box";
import { Empty } from "@/ui/states";
import { RunChunk } from "./run-chunk";
import { statuses, statusLooks } from "@/status/status";

const placeLabels: Record<RunVisibility, string> = {
  CURRENT: "Listed",
  ARCHIVED: "Archived",
  DELETED: "Deleted",
};
const places = ["CURRENT", "ARCHIVED", "DELETED"] as const satisfies RunVisibility[];

/** Lists every search, newest first; active ones are updated live. */
export function RunsPage() {
  const [status, setStatus] = useState<RunStatus>();
  const [visibility, setVisibility] = useState<RunVisibility>("CURRENT");
  const [search, setSearch] = useState("");
  const [pages, setPages] = useState(1);
  const narrowed = status !== undefined || search !== "" || visibility !== "CURRENT";
  return (
    <>
      <PageHeader title="Runs" note="Every search that was started, newest first" />
      <Card aria-label="Runs" className="overflow-hidden">
        <div className="flex flex-wrap gap-2 border-b border-line p-3 sm:px-5">
          <SearchBox value={search} onChange={setSearch} />
          <Select
            aria-label="Status"
            className="sm:w-40"
            value={status ?? ""}
            onChange={(event) => setStatus(statuses.find((name) => name === event.target.value))}
          >
            <option value="">Any status</option>
            {statuses.map((name) => (
              <option key={name} value={name}>
                {statusLooks[name].label}
              </option>
            ))}
          </Select>
          <Select
            aria-label="Which runs"
            className="sm:w-40"
            value={visibility}
            onChange={(event) =>
              setVisibility(places.find((name) => name === event.target.value) ?? "CURRENT")
            }
          >
            {places.map((name) => (
              <option key={name} value={name}>
                {placeLabels[name]}
              </option>
            ))}
          </Select>
        </div>
        <RunChunk
          filter={{
            visibility: [visibility],
            ...(status && { status: [status] }),
            ...(search && { search }),
          }}
          after={null}
          pages={pages}
          onMore={() => setPages((value) => value + 1)}
          empty={
            narrowed ? (
              <Empty title="No run matches">Change the search, the status or the list.</Empty>
            ) : (
              <Empty
                title="No search has been started"
                action={
                  <ButtonLink look="primary" href="/runs/new">
                    Start a search
                  </ButtonLink>
                }
              >
                The preset “Tiny” is a real search that takes minutes on two cores.
              </Empty>
            )
          }
        />
      </Card>
    </>
  );
}
