"use client";

import { isUnknown } from "@/api/errors";
import { useLiveQuery } from "@/api/use-live-query";
import { graphql } from "@/generated";

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

/** The name of a run that is not among the newest. */
const nameOfRun = graphql(`
  query NameOfRun($id: ID!) {
    searchRun(id: $id) {
      id
      name
    }
  }
`);

/** A value that can be chosen, and its name for people. */
export interface Choice {
  value: string;
  name: string;
}

/**
 * Returns the runs and presets that the leaderboard can be narrowed to: the newest runs, all presets, and
 * the chosen ones, also where they are older or unknown, so that every choice can be seen and taken back.
 */
export function useChoices(run: string | null, preset: string | null) {
  const [{ data, error }, retry] = useLiveQuery({ query: filterChoices });
  const newest = (data?.searchRuns.edges ?? []).map(({ node }) => choice(node.id, node.name));
  const presets = (data?.presets ?? []).map(({ name, title }) => choice(name, title));
  const isListed = run === null || !data || newest.some(({ value }) => value === run);
  const [other] = useLiveQuery({
    query: nameOfRun,
    variables: { id: run ?? "" },
    pause: isListed,
  });
  const isUnknownRun = !isListed && isUnknown(other.error);
  const name = other.data?.searchRun?.name ?? (isUnknownRun ? "Unknown run" : "…");
  return {
    runs: withChosen(newest, run, name),
    presets: withChosen(presets, preset, preset ?? ""),
    isUnknownRun,
    error: data ? undefined : error,
    retry,
  };
}

function choice(value: string, name: string): Choice {
  return { value, name };
}

function withChosen(choices: Choice[], value: string | null, name: string): Choice[] {
  const isThere = value === null || choices.some((each) => each.value === value);
  return isThere ? choices : [choice(value, name), ...choices];
}
