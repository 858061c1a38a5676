"use client";

import type { CombinedError } from "urql";
import { isAtLeast, useViewer } from "@/account/use-viewer";
import type { ViewList } from "@/generated/graphql";
import { Loaded } from "@/ui/loaded";
import { changeAddress } from "./change-address";
import type { View, ViewContent } from "./queries";
import { SaveView } from "./save-view";
import { ViewItem } from "./view-item";

/** Lists the saved views, with a form that saves the list as it is now. */
export default function ViewMenuContent(props: {
  list: ViewList;
  views: readonly View[] | undefined;
  error: CombinedError | undefined;
  retry: () => void;
  content: ViewContent;
  opened: string | null;
  isReadable: boolean;
  onClose: () => void;
}) {
  const { list, views, error, retry, content, opened, isReadable, onClose } = props;
  const { viewer } = useViewer();
  const mayShare = viewer?.account != null && isAtLeast(viewer.role, "RESEARCHER");
  return (
    <>
      <Loaded
        rows={views}
        error={error}
        retry={retry}
        empty="None yet. A view keeps the filter and the order of this list under a name."
      >
        {(rows) => (
          <ul className="divide-y divide-line">
            {rows.map((view) => (
              <ViewItem
                key={view.id}
                view={view}
                isOpened={view.id === opened}
                mayChange={view.teamId === null || mayShare}
                content={isReadable ? content : null}
                onOpen={onClose}
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
    </>
  );
}
