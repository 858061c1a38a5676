"use client";

import {
  createContext,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  use,
  useMemo,
  useRef,
  useState,
} from "react";
import { Tip, type TipRow } from "./tip";

/** The text that is shown about a part of a chart. */
export interface TipContent {
  title: string;
  note?: string;
  rows?: readonly TipRow[];
}

interface Tips {
  /** Shows a tooltip at the part of the chart that has the pointer or the focus. */
  show: (part: Element, content: TipContent) => void;
  hide: () => void;
}

const TipContext = createContext<Tips>({ show: () => undefined, hide: () => undefined });

/** Returns what shows and hides the tooltip of the chart around a part. */
export function useTips(): Tips {
  return use(TipContext);
}

/**
 * Shows a chart with the tooltip of its parts. The tooltip is no state of the chart itself, which would
 * be drawn anew with each, and its parts would lose the focus.
 */
export function WithTips({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<(TipContent & { style: CSSProperties }) | null>(null);
  const tips = useMemo<Tips>(
    () => ({
      show: (part, content) => {
        if (frame.current) setShown({ ...content, style: placeOf(part, frame.current) });
      },
      hide: () => setShown(null),
    }),
    [],
  );
  return (
    <div
      ref={frame}
      className="relative overflow-x-clip"
      onPointerLeave={tips.hide}
      onKeyDown={(event) => event.key === "Escape" && tips.hide()}
    >
      <TipContext value={tips}>{children}</TipContext>
      {shown && (
        <div
          className="pointer-events-none absolute z-10 w-max max-w-[min(14rem,calc(50%-12px))]"
          style={shown.style}
        >
          <Tip {...shown} />
        </div>
      )}
    </div>
  );
}

/** Returns the place of a tooltip beside a part, on the side where there is more room. */
function placeOf(part: Element, frame: Element): CSSProperties {
  const outer = frame.getBoundingClientRect();
  const inner = part.getBoundingClientRect();
  const left = inner.left + inner.width / 2 - outer.left;
  const shift = left > outer.width / 2 ? "calc(-100% - 12px)" : "12px";
  return {
    left,
    top: Math.max(0, inner.top - outer.top),
    transform: `translateX(${shift})`,
  };
}

/**
 * Draws one of a chart's dots as a link. The Tab key leads to the first of them, arrow keys from dot to
 * dot in the order of `index`.
 */
export function PointDot(props: {
  cx: number;
  cy: number;
  r: number;
  /** Its place among the dots of its chart, from 0. */
  index: number;
  fill: string;
  fillOpacity: number;
  stroke?: string;
  content: TipContent;
  onOpen: () => void;
}) {
  const { index, content, onOpen, ...look } = props;
  const tips = useTips();
  return (
    <circle
      {...look}
      role="link"
      tabIndex={index === 0 ? 0 : -1}
      data-point={index}
      aria-label={[content.title, content.note].filter(Boolean).join(", ")}
      className="cursor-pointer outline-offset-1 hover:fill-ink focus-visible:fill-ink"
      onClick={onOpen}
      onKeyDown={(event) => (event.key === "Enter" ? onOpen() : move(event, index))}
      onPointerEnter={({ currentTarget }) => tips.show(currentTarget, content)}
      onFocus={({ currentTarget }) => tips.show(currentTarget, content)}
      onBlur={tips.hide}
    />
  );
}

const steps: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/** Moves the focus to the dot before or after. */
function move(event: KeyboardEvent<SVGCircleElement>, index: number): void {
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const chart = event.currentTarget.ownerSVGElement;
  chart?.querySelector<SVGElement>(`[data-point="${index + step}"]`)?.focus();
}
