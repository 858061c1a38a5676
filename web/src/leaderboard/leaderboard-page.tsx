"use client";

import { ActiveRuns } from "@/runs/active-runs";
import { filterFault } from "@/filter/fault";
import { FilterBox } from "@/filter/filter-box";
import { asFilter } from "@/filter/written";
import { plural } from "@/format/number";
import { ReferenceModels } from "@/models/reference-models";
import { Button, ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { PageHeader } from "@/ui/page";
import { Empty } from "@/ui/states";
import { ViewMenu } from "@/views/view-menu";
import { Workers } from "@/workers/workers";
import { Filters } from "./filters";
import { LeaderboardTable } from "./leaderboard-table";
import { Pareto } from "./pareto";
import { useChoices } from "./use-choices";
import { useLeaderboard } from "./use-leaderboard";
import { useView } from "./use-view";

/** The front page: the best candidates of all runs, the active runs and the workers. */
export function LeaderboardPage() {
  const view = useView();
  const { filter, order, preset, run, references, text, change, clear, searchFor, sortBy } = view;
  const leaderboard = useLeaderboard(filter, order);
  const fault = filterFault(leaderboard.error);
  const choices = useChoices(run, preset);
  const narrowed = Object.keys(filter).length > 0;
  const { total } = leaderboard.board;
  return (
    <>
      <PageHeader
        title="Leaderboard"
        note={
          total > 0 && !narrowed
            ? `${plural(total, "scored architecture")}, updated as they come in`
            : "The best candidates of all runs, updated as they come in"
        }
      />
      <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem] xl:grid-rows-[auto_1fr]">
        <ActiveRuns className="xl:col-start-2" />
        <div className="min-w-0 space-y-6 xl:col-start-1 xl:row-span-2 xl:row-start-1">
          <Card aria-label="Leaderboard" className="overflow-hidden" data-testid="leaderboard">
            <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line p-3 sm:px-5">
              <div className="flex w-full items-start gap-2">
                <FilterBox
                  list="LEADERBOARD"
                  placeholder="A name, or a filter: score > 55 and stable"
                  value={text}
                  onChange={searchFor}
                  fault={fault}
                />
                <ViewMenu
                  list="LEADERBOARD"
                  content={{ query: asFilter(filter), architectureOrder: order }}
                  opened={view.view}
                  isReadable={!fault}
                />
              </div>
              <Filters
                preset={preset}
                run={run}
                references={references}
                choices={choices}
                onChange={change}
              />
              {narrowed && !fault && !choices.isUnknownRun && (
                <p className="text-sm text-muted">{plural(total, "match", "matches")}</p>
              )}
            </div>
            <LeaderboardTable
              leaderboard={leaderboard}
              isOutdated={fault !== undefined}
              order={order}
              showRun
              onSort={sortBy}
              unknown={
                choices.isUnknownRun && (
                  <Empty
                    title="There is no such run"
                    action={<Button onClick={() => change({ run: null })}>Show all runs</Button>}
                  >
                    It may belong to another database, or its address was mistyped.
                  </Empty>
                )
              }
              empty={
                narrowed ? (
                  <Empty
                    title="No candidate matches"
                    action={<Button onClick={clear}>Show everything</Button>}
                  >
                    Change the search or choose another run or preset. New candidates that match
                    appear here.
                  </Empty>
                ) : (
                  <Empty
                    title="No candidate has been scored yet"
                    action={
                      <ButtonLink look="primary" href="/runs/new">
                        Start a search
                      </ButtonLink>
                    }
                  >
                    Start a search, or wait for the one that runs: candidates appear here as soon as
                    they are scored.
                  </Empty>
                )
              }
            />
          </Card>
          {!fault && !choices.isUnknownRun && (
            <Pareto filter={filter} rows={leaderboard.board.rows} pushed={leaderboard.pushed} />
          )}
          <ReferenceModels />
        </div>
        <Workers className="xl:col-start-2" />
      </div>
    </>
  );
}
