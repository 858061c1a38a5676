"use client";

import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useLiveQuery } from "@/api/use-live-query";
import type { ViewList } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { lazyPart } from "@/ui/lazy-part";
import { Popover } from "@/ui/popover";
import { SkeletonRows } from "@/ui/states";
import { type ViewContent, viewList } from "./queries";

/** The forms are loaded when the menu is opened. */
const Content = lazyPart(() => import("./view-menu-content"), <SkeletonRows rows={3} />);

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
      <Content
        list={list}
        views={data?.savedViews}
        error={error}
        retry={retry}
        content={content}
        opened={opened}
        isReadable={isReadable}
        onClose={() => setOpen(false)}
      />
    </Popover>
  );
}
