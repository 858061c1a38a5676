import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { z } from "zod";

/**
 * The trace that a job belongs to, as W3C's headers. It is passed over where it is none, and older jobs
 * have none: a job is never refused for it.
 */
export const traceContextSchema = z.record(z.string(), z.string()).optional().catch(undefined);

/** Returns the caller's trace for a job's payload; undefined where nothing is traced. */
export function traceContext(): Record<string, string> | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return Object.keys(carrier).length === 0 ? undefined : carrier;
}

/** Queues jobs within a span of their own, which the attempts at them follow. */
export function inQueueSpan(queue: string, enqueue: () => Promise<void>): Promise<void> {
  const options = { kind: SpanKind.PRODUCER };
  return trace.getTracer("opnas").startActiveSpan(`queue ${queue}`, options, async (span) => {
    try {
      await enqueue();
    } finally {
      span.end();
    }
  });
}
