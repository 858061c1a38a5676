"use client";

import { plural } from "@/format/number";
import { Panel } from "@/ui/card";
import { ErrorNotice } from "@/ui/states";
import { PretrainForm } from "./pretrain-form";
import { TrainingItem } from "./training-item";
import { useTrainings } from "./use-trainings";

/** Full pre-training of an architecture: a form to start one, and those there are. */
export function Trainings({ architectureId }: { architectureId: string }) {
  const { trainings, total, error, refresh } = useTrainings(architectureId);
  return (
    <Panel
      title="Pre-training"
      note={
        total > trainings.length
          ? `The newest ${trainings.length} of ${plural(total, "training")}`
          : "Masked words and next sentences, from random weights, at any size"
      }
      data-testid="trainings"
    >
      <PretrainForm architectureId={architectureId} onStart={refresh} />
      {error && <ErrorNotice error={error} retry={refresh} />}
      <ul className="mt-4 space-y-4">
        {trainings.map((training) => (
          <TrainingItem key={training.id} training={training} />
        ))}
      </ul>
    </Panel>
  );
}
