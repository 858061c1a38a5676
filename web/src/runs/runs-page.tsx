"use client";

import { useState } from "react";
import { Kept } from "@/api/kept";
import type { RunVisibility } from "@/generated/graphql";
import { Button, ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Select } from "@/ui/field";
import { PageHeader } from "@/ui/page";
import { SearchBox } from "@/ui/search-box";
import { Empty } from "@/ui/states";
import { RunChunk } from "./run-chunk";
import { places, useRunsView } from "./use-runs-view";
import { statuses, statusLooks } from "@/status/status";

const placeLabels: Record<RunVisibility, string> = {
  CURRENT: "Listed",
  ARCHIVED: "Archived",
  DELETED: "Deleted",
};

/** The numbers of pages that were loaded, by filter, so that Back finds them. */
const loadedPages = new Kept<number>(20);

/** Lists every search, newest first; active ones are updated live. */
export function RunsPage() {
  const { status, list, search, filter, change } = useRunsView();
  const key = JSON.stringify(filter);
  const [more, setMore] = useState({ key, pages: loadedPages.get(key) ?? 1 });
  const pages = more.key === key ? more.pages : 1;
  const loadMore = () => {
    loadedPages.set(key, pages + 1);
    setMore({ key, pages: pages + 1 });
  };
  const narrowed = status !== null || search !== "" || list !== "CURRENT";
  return (
    <>
      <PageHeader title="Runs" note="Every search that was started, newest first" />
      <Card aria-label="Runs" className="overflow-hidden">
        <div className="flex flex-wrap gap-2 border-b border-line p-3 sm:px-5">
          <SearchBox value={search} onChange={(text) => change({ q: text })} />
          <Select
            aria-label="Status"
            className="sm:w-40"
            value={status ?? ""}
            onChange={(event) => change({ status: event.target.value })}
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
            value={list}
            onChange={({ target: { value } }) =>
              change({ list: value === "CURRENT" ? null : value })
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
          filter={filter}
          after={null}
          pages={pages}
          onMore={loadMore}
          empty={
            narrowed ? (
              <Empty
                title="No run matches"
                action={
                  <Button onClick={() => change({ status: null, list: null, q: null })}>
                    Show all runs
                  </Button>
                }
              >
                Change the search, the status or the list.
              </Empty>
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
