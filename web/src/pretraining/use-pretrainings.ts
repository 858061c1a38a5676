"use client";

import { useSubscription } from "urql";
import { useLiveQuery } from "@/api/use-live-query";
import { architecturePretrainings, pretrainingChanges } from "./queries";

/**
 * Queries an architecture's newest pre-trainings. Changes keep them current through the cache; one that
 * is not among them has them queried again.
 */
export function usePretrainings(architectureId: string) {
  const [{ data, error }, refresh] = useLiveQuery({
    query: architecturePretrainings,
    variables: { id: architectureId },
  });
  const connection = data?.architecture?.trainings;
  const pretrainings = connection?.edges.map(({ node }) => node) ?? [];
  useSubscription(
    { query: pretrainingChanges, variables: { architectureId }, pause: connection === undefined },
    (_previous: undefined, { trainingChanged }) => {
      if (!pretrainings.some(({ id }) => id === trainingChanged.id)) refresh();
      return undefined;
    },
  );
  return { pretrainings, total: connection?.totalCount ?? 0, error, refresh };
}
