"use client";

import { Pencil } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { ViewList } from "@/generated/graphql";
import { useTeams } from "@/settings/teams/use-teams";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { deleteView, updateView, type View, type ViewContent } from "./queries";
import { viewAddress } from "./view-address";

/** Shows a saved view as a link that opens it, with buttons to change it. */
export function ViewItem(props: {
  view: View;
  isOpened: boolean;
  mayChange: boolean;
  /** The list as it is now, which the opened view can be changed to; null while it cannot. */
  content: ViewContent | null;
  onOpen: () => void;
}) {
  const { view, isOpened, mayChange, content, onOpen } = props;
  const { id, name, query, teamId } = view;
  const [isRenaming, setIsRenaming] = useState(false);
  const { nameOf } = useTeams();
  return (
    <li className="py-2" data-testid="saved-view">
      <div className="flex items-center gap-1">
        <Link
          href={viewAddress(view)}
          onClick={onOpen}
          aria-current={isOpened ? "true" : undefined}
          className="min-w-0 flex-1 rounded px-1 py-0.5 hover:text-accent"
        >
          <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
            {name}
            {teamId !== null && <Badge>{nameOf(teamId)}</Badge>}
            {isOpened && <Badge tone="accent">Open</Badge>}
          </span>
          <span className="block truncate font-mono text-xs text-muted">
            {query === "" ? "everything" : query}
          </span>
        </Link>
        {mayChange && (
          <>
            <Button
              look="quiet"
              size="icon"
              aria-label={`Rename ${name}`}
              title="Rename"
              aria-expanded={isRenaming}
              onClick={() => setIsRenaming(!isRenaming)}
            >
              <Pencil aria-hidden />
            </Button>
            <ActionButton
              mutation={deleteView}
              variables={{ id }}
              label="Delete"
              name={`Delete ${name}`}
              confirm={{
                title: `Delete the view ${name}?`,
                text: "What it lists stays; only the filter and the order under this name go.",
                keep: "Keep it",
              }}
            />
          </>
        )}
      </div>
      {isRenaming && (
        <MutationForm
          mutation={updateView}
          variables={(values) => ({ id, input: { name: values.text("name") } })}
          label="Rename"
          onDone={() => setIsRenaming(false)}
          className="mt-2 flex flex-wrap items-end gap-2"
        >
          {(errorOf) => (
            <div className="min-w-0 flex-1">
              <Field label="New name" {...errorOf("name")}>
                {(control) => (
                  <Input {...control} name="name" autoComplete="off" defaultValue={name} />
                )}
              </Field>
            </div>
          )}
        </MutationForm>
      )}
      {isOpened && mayChange && content && isChanged(view, content) && (
        <div className="mt-1.5">
          <ActionButton
            mutation={updateView}
            variables={{ id, input: content }}
            label="Save the changes to it"
            data-testid="update-view"
          />
        </div>
      )}
    </li>
  );
}

/** The fields by which the lists are ordered, downwards, where a view names no order. */
const usualFields: Record<ViewList, string> = { LEADERBOARD: "SCORE", RUNS: "CREATED_AT" };

/** Reports whether the list is another than the view has it. */
function isChanged(view: View, now: ViewContent): boolean {
  const usual = { field: usualFields[view.list], direction: "DESC" };
  const saved = view.architectureOrder ?? view.runOrder ?? usual;
  const { field, direction } = "runOrder" in now ? now.runOrder : now.architectureOrder;
  return view.query !== now.query || saved.field !== field || saved.direction !== direction;
}
