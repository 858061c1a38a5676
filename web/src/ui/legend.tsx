import clsx from "clsx";
import type { ReactNode } from "react";

/** Explains a chart's symbols; screen readers have the chart's table instead. */
export function Legend(props: { className?: string; children: ReactNode }) {
  return (
    <ul
      aria-hidden
      className={clsx(
        "flex flex-wrap gap-x-3.5 gap-y-1 text-xs wrap-anywhere text-muted",
        props.className,
      )}
    >
      {props.children}
    </ul>
  );
}

/** Shows one symbol, styled by the classes of `sign` or the colour `fill`, and its meaning. */
export function LegendItem(props: { sign: string; fill?: string; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      <span className={props.sign} style={{ background: props.fill }} /> {props.children}
    </li>
  );
}
