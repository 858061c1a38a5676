import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { PanelBoundary } from "./panel-boundary";

export function Card({ className, ...props }: ComponentProps<"section">) {
  return (
    <section
      className={clsx("rounded-xl border border-line bg-surface shadow-card", className)}
      {...props}
    />
  );
}

/**
 * Shows a card with a title, an optional line below it and controls at its right. A fault within it
 * leaves the rest of the page as it is.
 */
export function Panel(props: {
  title: string;
  note?: ReactNode;
  controls?: ReactNode;
  children: ReactNode;
  className?: string;
  bodyClassName?: string;
  "data-testid"?: string;
}) {
  const id = `panel-${props.title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return (
    <Card className={props.className} aria-labelledby={id} data-testid={props["data-testid"]}>
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-5">
        <div className="min-w-0 flex-1 basis-52">
          <h2 id={id} className="text-[15px] font-semibold">
            {props.title}
          </h2>
          {props.note != null && <p className="mt-0.5 text-[13px] text-muted">{props.note}</p>}
        </div>
        {props.controls && <div className="max-w-full shrink-0">{props.controls}</div>}
      </header>
      <div className={clsx("px-4 pt-3 pb-4 sm:px-5", props.bodyClassName)}>
        <PanelBoundary>{props.children}</PanelBoundary>
      </div>
    </Card>
  );
}
