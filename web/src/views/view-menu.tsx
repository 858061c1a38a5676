"use client";

import { Bookmark } from "lucide-react";
import { useState } from "react";
import { isAtLeast, useViewer } from "@/account/use-viewer";
import { useLiveQuery } from "@/api/use-live-query";
import type { ViewList } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { Loaded } from "@/ui/loaded";
import { Popover } from "@/ui/popover";
import { changeAddress } from "./change-address";
import { type ViewContent, viewList } from "./queries";
import { SaveView } from "./save-view";
import { ViewItem } from "./view-item";

/** A menu of the saved views of a list: to open, save, rename, update and delete them. */
export function ViewMenu(props: {
  list: ViewList;
  /** The list as it is now. */
  content: ViewContent;
  /** The id of the view that was opened, if one was. */
  opened: string | null;
  /** False while the filter has a fault, and cannot be saved. */
  isReadable: boolean;
}) {
  const { list, content, opened, isReadable } = props;
  const [open, setOpen] = useState(false);
  const [{ data, error }, retry] = useLiveQuery({ query: viewList, variables: { list } });
  const { viewer } = useViewer();
  const mayShare = viewer?.account != null && isAtLeast(viewer.role, "RESEARCHER");
  const name = data?.savedViews.find(({ id }) => id === opened)?.name;
  return (
    <Popover
      label="Saved views"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button data-testid="view-menu" aria-label={`Saved views${name ? `: ${name}` : ""}`}>
          <Bookmark aria-hidden />
          <span className="max-w-32 truncate max-sm:hidden">{name ?? "Views"}</span>
        </Button>
      }
    >
      <h2 className="mb-2 font-semibold">Saved views</h2>
      <Loaded
        rows={data?.savedViews}
        error={error}
        retry={retry}
        empty="None yet. A view keeps the filter and the order of this list under a name."
      >
        {(views) => (
          <ul className="divide-y divide-line">
            {views.map((view) => (
              <ViewItem
                key={view.id}
                view={view}
                isOpened={view.id === opened}
                mayChange={view.teamId === null || mayShare}
                content={isReadable ? content : null}
                onOpen={() => setOpen(false)}
              />
            ))}
          </ul>
        )}
      </Loaded>
      {isReadable ? (
        <SaveView
          list={list}
          content={content}
          mayShare={mayShare}
          onSaved={(id) => changeAddress({ view: id })}
        />
      ) : (
        <p className="mt-3 text-muted">Correct the filter to save it as a view.</p>
      )}
    </Popover>
  );
}
