import { multiple, shortTime } from "@/format/number";
import { Panel } from "@/ui/card";
import { TimeAgo } from "@/ui/time-ago";
import type { Architecture } from "./queries";

/** Shows the measurements beside the task scores, and the engine that they were made on. */
export function Evaluations({ evaluations }: { evaluations: Architecture["evaluations"] }) {
  if (evaluations.length === 0) return null;
  return (
    <Panel title="Evaluation">
      {evaluations.map(({ id, heldOutLoss, heldOutAccuracy, stepSeconds, stepRatio, ...rest }) => (
        <dl
          key={id}
          className="space-y-1.5 text-[13px] [&>div]:flex [&>div]:justify-between [&>div]:gap-3"
        >
          <div>
            <dt className="text-muted">Held-out loss</dt>
            <dd className="tabular-nums">{heldOutLoss?.toFixed(3) ?? "–"}</dd>
          </div>
          <div>
            <dt className="text-muted">Held-out accuracy</dt>
            <dd className="tabular-nums">
              {heldOutAccuracy === null ? "–" : `${(100 * heldOutAccuracy).toFixed(1)}%`}
            </dd>
          </div>
          <div>
            <dt className="text-muted">Time of a training step</dt>
            <dd className="tabular-nums">{shortTime(stepSeconds)}</dd>
          </div>
          <div>
            <dt className="text-muted">Beside vanilla BERT&apos;s</dt>
            <dd className="tabular-nums">
              {stepRatio === null ? "not measured" : multiple(stepRatio)}
            </dd>
          </div>
          <div>
            <dt className="text-muted">Engine</dt>
            <dd className="min-w-0 text-right wrap-anywhere">{rest.engine}</dd>
          </div>
          <div>
            <dt className="text-muted">Attempt</dt>
            <dd>{rest.attempt}</dd>
          </div>
          <div>
            <dt className="text-muted">Scored</dt>
            <dd>
              <TimeAgo time={rest.createdAt} />
            </dd>
          </div>
        </dl>
      ))}
    </Panel>
  );
}
