"use client";

import { CircleQuestionMark } from "lucide-react";
import { useState } from "react";
import type { ViewList } from "@/generated/graphql";
import { Popover } from "@/ui/popover";
import type { FilterField } from "./queries";

const examples: Record<ViewList, readonly string[]> = {
  LEADERBOARD: [
    "score > 55 and stable",
    "params < 30M and layer.kernel in (5, 7)",
    "tag = good and not reference",
    "owner = me and created > 2026-11-01",
    '"dove" or run.name ~ nightly',
  ],
  RUNS: [
    "status in (running, queued) and owner = me",
    "bestScore > 55 and strategy != random",
    "finished > 2026-11-01 and failures > 0",
    '"night" and not tag',
  ],
};

/** A button that explains the filter language, with examples to try and the fields. */
export function FilterHelp(props: {
  list: ViewList;
  fields: readonly FilterField[];
  onTry: (text: string) => void;
}) {
  const { list, fields, onTry } = props;
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="How to write a filter"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label="How to write a filter"
          title="How to write a filter"
          data-testid="filter-help"
          className="absolute top-1 right-1 inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
        >
          <CircleQuestionMark aria-hidden className="size-4" />
        </button>
      }
    >
      <h2 className="font-semibold">How to write a filter</h2>
      <p className="mt-1 text-[13px] text-pretty text-muted">
        Plain words are looked for in names. Comparisons are joined by <code>and</code>,{" "}
        <code>or</code>, <code>not</code> and parentheses; <code>~</code> means “contains”, and{" "}
        <code>in (…)</code> takes a list. A field by itself holds where it has a value.
      </p>
      <h3 className="mt-3 text-xs font-medium text-muted">Examples</h3>
      <ul className="mt-1 space-y-1">
        {examples[list].map((example) => (
          <li key={example}>
            <button
              type="button"
              className="w-full rounded-md bg-sunken px-2 py-1 text-left font-mono text-xs wrap-anywhere hover:text-accent"
              onClick={() => {
                setOpen(false);
                onTry(example);
              }}
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
      <h3 className="mt-3 text-xs font-medium text-muted">Fields</h3>
      <dl className="mt-1 space-y-1.5">
        {fields.map(({ name, description, values }) => (
          <div key={name}>
            <dt>
              <span className="font-mono text-xs font-medium">{name}</span>{" "}
              <span className="text-xs text-muted">{values}</span>
            </dt>
            <dd className="text-xs text-muted">{description}</dd>
          </div>
        ))}
      </dl>
    </Popover>
  );
}
