"use client";

import { Maximize2 } from "lucide-react";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { lazyPart } from "@/ui/lazy-part";
import { Skeleton } from "@/ui/states";
import { describeGraph, placeGraph, placeInWidth } from "./graph-layout";
import type { Graph } from "./queries";

const GraphCanvas = lazyPart(() => import("./graph-canvas"), <Skeleton className="size-full" />);

/**
 * Draws an attention graph to fit the page's width, describes it in words for screen readers, and
 * enlarges it on demand.
 */
export function AttentionDrawing({ graph, title }: { graph: Graph; title: string }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const placed = useMemo(() => placeInWidth(graph, width), [graph, width]);
  const large = useMemo(() => placeGraph(graph, "TB"), [graph]);
  const scale = width > 0 ? Math.min(1, width / placed.width) : 1;
  const words = describeGraph(graph);
  return (
    <div className="relative">
      <div
        ref={frame}
        role="figure"
        aria-label={`Attention graph. ${words.join("; ")}`}
        data-testid="graph-drawing"
        style={{ height: Math.ceil(placed.height * scale * 1.05) + 8 }}
      >
        {width > 0 && <GraphCanvas graph={graph} placed={placed} interactive={false} />}
      </div>
      <Dialog
        title={title}
        trigger={
          <Button
            look="plain"
            size="small"
            className="absolute right-0 bottom-0 z-10"
            aria-label={`Enlarge ${title}`}
          >
            <Maximize2 aria-hidden /> Enlarge
          </Button>
        }
      >
        <GraphCanvas graph={graph} placed={large} interactive />
      </Dialog>
    </div>
  );
}

/** Returns the width of an element in whole pixels, kept current; 0 until it is laid out. */
function useWidth<Element extends HTMLElement>(): [RefObject<Element | null>, number] {
  const ref = useRef<Element>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
