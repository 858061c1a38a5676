"use client";

import { plural } from "@/format/number";
import { Panel } from "@/ui/card";
import { ErrorNotice } from "@/ui/states";
import { PretrainForm } from "./pretrain-form";
import { PretrainingItem } from "./pretraining-item";
import { usePretrainings } from "./use-pretrainings";

/** Lists an architecture's full pre-trainings below a form that starts one. */
export function Pretrainings({ architectureId }: { architectureId: string }) {
  const { pretrainings, total, error, refresh } = usePretrainings(architectureId);
  return (
    <Panel
      title="Pre-training"
      note={
        total > pretrainings.length
          ? `The newest ${pretrainings.length} of ${plural(total, "pre-training")}`
          : "Masked words and next sentences, from random weights, at any size"
      }
      data-testid="pretrainings"
    >
      <PretrainForm architectureId={architectureId} onStart={refresh} />
      {error && <ErrorNotice error={error} retry={refresh} />}
      <ul className="mt-4 space-y-4">
        {pretrainings.map((pretraining) => (
          <PretrainingItem key={pretraining.id} pretraining={pretraining} />
        ))}
      </ul>
    </Panel>
  );
}
