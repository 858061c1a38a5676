import { Button } from "@/ui/button";
import type { usePages } from "./use-pages";

/** Buttons to the next older and newer page of a list; nothing where one page has all. */
export function Pager(props: {
  pages: ReturnType<typeof usePages>;
  info: { hasNextPage: boolean; endCursor: string | null };
}) {
  const { pages, info } = props;
  const { endCursor } = info;
  if (pages.after === null && !info.hasNextPage) return null;
  return (
    <div className="mt-3 flex justify-end gap-2">
      <Button size="small" disabled={pages.after === null} onClick={pages.back}>
        Newer
      </Button>
      <Button
        size="small"
        disabled={!info.hasNextPage || endCursor === null}
        onClick={() => endCursor !== null && pages.forward(endCursor)}
      >
        Older
      </Button>
    </div>
  );
}
