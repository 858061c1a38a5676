"use client";

import { useQuery } from "urql";
import { graphql } from "@/generated";
import { Select } from "@/ui/field";
import type { ViewChange } from "./use-view";
import { ErrorNotice } from "@/ui/states";

const filterChoices = graphql(`
  query FilterChoices {
    presets {
      name
      title
    }
    searchRuns(first: 50) {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`);

/**
 * Controls that filter the leaderboard by run, preset and references.
 */
export function Filters(props: {
  preset: string | null;
  run: string | null;
  references: "only" | "none" | null;
  onChange: (change: ViewChange) => void;
}) {
  const { preset, run, references, onChange } = props;
  const [{ data, error }] = useQuery({ query: filterChoices, requestPolicy: "cache-and-network" });
  return (
    <div className="flex w-full flex-wrap gap-2 sm:w-auto">
      <Select
        aria-label="Run"
        className="min-w-32 flex-1 sm:w-40"
        value={run ?? ""}
        onChange={(event) => onChange({ run: event.target.value })}
      >
        <option value="">All runs</option>
        {data?.searchRuns.edges.map(({ node }) => (
          <option key={node.id} value={node.id}>
            {node.name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Preset"
        className="min-w-32 flex-1 sm:w-36"
        value={preset ?? ""}
        onChange={(event) => onChange({ preset: event.target.value })}
      >
        <option value="">All presets</option>
        {data?.presets.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
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
      {error && <ErrorNotice error={error} />}
    </div>
  );
}
