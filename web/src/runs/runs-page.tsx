"use client";

import { clsx } from "clsx";
import { useState } from "react";
import { useQuery } from "urql";
import { Kept } from "@/api/kept";
import { ImportArchive } from "@/archive/import-archive";
import { filterFault } from "@/filter/fault";
import { FilterBox } from "@/filter/filter-box";
import { asFilter } from "@/filter/written";
import { Button, ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { PageHeader } from "@/ui/page";
import { Empty } from "@/ui/states";
import { searchFor } from "@/views/change-address";
import { ViewMenu } from "@/views/view-menu";
import { runList } from "./fragments";
import { RunChunk, variablesOfPage } from "./run-chunk";
import { RunControls } from "./run-controls";
import { useRunsView } from "./use-runs-view";

/** The numbers of pages that were loaded, by filter and order, so that Back finds them. */
const loadedPages = new Kept<number>(20);

/** Lists every search, the newest first unless another order is chosen; active ones are updated live. */
export function RunsPage() {
  const { filter, order, status, place, view, text, clear } = useRunsView();
  const key = JSON.stringify([filter, order]);
  const [more, setMore] = useState({ key, pages: loadedPages.get(key) ?? 1 });
  const pages = more.key === key ? more.pages : 1;
  const loadMore = () => {
    loadedPages.set(key, pages + 1);
    setMore({ key, pages: pages + 1 });
  };
  // The list's own first page: a filter that cannot be read leaves the rows of the one before.
  const [{ data, error, fetching }] = useQuery({
    query: runList,
    variables: variablesOfPage(filter, order, null),
  });
  const fault = filterFault(error);
  const [readable, setReadable] = useState(filter);
  const isRead = data !== undefined && !fetching && !error;
  if (isRead && asFilter(readable) !== asFilter(filter)) setReadable(filter);
  const narrowed = Object.keys(filter).length > 0;
  return (
    <>
      <PageHeader title="Runs" note="Every search that was started" actions={<ImportArchive />} />
      <Card aria-label="Runs" className="overflow-hidden">
        <div className="flex flex-wrap gap-2 border-b border-line p-3 sm:px-5">
          <div className="flex w-full items-start gap-2">
            <FilterBox
              list="RUNS"
              placeholder="A name, or a filter: status = done and bestScore > 55"
              value={text}
              onChange={searchFor}
              fault={fault}
            />
            <ViewMenu
              list="RUNS"
              content={{ query: asFilter(filter), runOrder: order }}
              opened={view}
              isReadable={!fault}
            />
          </div>
          <RunControls status={status} place={place} order={order} />
        </div>
        <div className={clsx(fault && "opacity-50")} aria-busy={fault !== undefined}>
          <RunChunk
            filter={fault ? readable : filter}
            order={order}
            after={null}
            pages={pages}
            onMore={loadMore}
            empty={
              narrowed ? (
                <Empty
                  title="No run matches"
                  action={<Button onClick={clear}>Show all runs</Button>}
                >
                  Change the search, the status or the list of runs.
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
        </div>
      </Card>
    </>
  );
}
