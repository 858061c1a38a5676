import * as z from "@/security/zod";
import { progressKind } from "@/run/events/event-log";
import type { EventLine } from "@/run/events/queries";

export interface LossPoint {
  step: number;
  loss: number;
}

const lossSchema = z.object({ step: z.number(), loss: z.number() });

/** Returns the super-net's loss curve, as far as the log goes back. */
export function lossCurve(log: readonly EventLine[]): LossPoint[] {
  return log.flatMap(({ kind, payload }) => {
    const point = lossSchema.safeParse(payload);
    return kind === progressKind && point.success ? [point.data] : [];
  });
}
