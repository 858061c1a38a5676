"use client";

import { Select } from "@/ui/field";
import { ErrorNotice } from "@/ui/states";
import type { Choice, useChoices } from "./use-choices";
import type { ViewChange } from "./use-view";

/**
 * Controls that filter the leaderboard by run, preset and references.
 */
export function Filters(props: {
  preset: string | null;
  run: string | null;
  references: "only" | "none" | null;
  choices: ReturnType<typeof useChoices>;
  onChange: (change: ViewChange) => void;
}) {
  const { preset, run, references, choices, onChange } = props;
  return (
    <div className="flex w-full flex-wrap gap-2 sm:w-auto">
      <Select
        aria-label="Run"
        className="min-w-32 flex-1 sm:w-44"
        value={run ?? ""}
        onChange={(event) => onChange({ run: event.target.value })}
      >
        <option value="">All runs</option>
        <Options choices={choices.runs} />
      </Select>
      <Select
        aria-label="Preset"
        className="min-w-32 flex-1 sm:w-36"
        value={preset ?? ""}
        onChange={(event) => onChange({ preset: event.target.value })}
      >
        <option value="">All presets</option>
        <Options choices={choices.presets} />
      </Select>
      <Select
        aria-label="References"
        className="min-w-44 flex-1"
        value={references ?? ""}
        onChange={(event) => onChange({ references: event.target.value })}
      >
        <option value="">With references</option>
        <option value="none">Candidates only</option>
        <option value="only">References only</option>
      </Select>
      {choices.error && <ErrorNotice error={choices.error} retry={choices.retry} />}
    </div>
  );
}

function Options({ choices }: { choices: readonly Choice[] }) {
  return choices.map(({ value, name }) => (
    <option key={value} value={value}>
      {name}
    </option>
  ));
}
