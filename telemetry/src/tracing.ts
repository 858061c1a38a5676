import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** Milliseconds that a process which ends waits for its last spans to be taken. */
const lastExportMilliseconds = 2_000;

/** The traces of a process. */
export interface Tracing {
  /** Sends what is left, as far as that is possible within 2 s. */
  stop(): Promise<void>;
}

/**
 * Sends this process's spans to the receiver that OTEL_EXPORTER_OTLP_ENDPOINT names, as JSON over HTTP;
 * without that variable there are no spans, and making them costs next to nothing.
 */
export function startTracing(component: string, environment: NodeJS.ProcessEnv): Tracing {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT) return { stop: () => Promise.resolve() };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": environment.OTEL_SERVICE_NAME ?? `opnas-${component}`,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, lastExportMilliseconds).unref();
      });
      await Promise.race([provider.shutdown(), late]);
    },
  };
}

/** A piece of work that a span tells of. */
export interface Work {
  name: string;
  kind?: SpanKind;
  attributes?: Attributes;
  /** The context that it came with from another process, as of W3C; by default the caller's span. */
  from?: Record<string, string>;
}

/** Runs `work` within a span of its own, which ends with it and says whether it failed. */
export async function inSpan<T>(
  { name, kind, attributes, from }: Work,
  work: () => Promise<T>,
): Promise<T> {
  const parent = from === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, from);
  const tracer = trace.getTracer("opnas");
  return tracer.startActiveSpan(name, { kind, attributes }, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Spans of a training's steps, one from each report of its progress to the next. */
export class StepSpans {
  private since = Date.now();
  private done = 0;
  private readonly around = context.active();

  /** Tells of the steps since the last report, up to `step`. */
  report(step: number, loss: number | null): void {
    if (step <= this.done) return;
    const attributes: Attributes = { "opnas.firstStep": this.done + 1, "opnas.lastStep": step };
    if (loss !== null) attributes["opnas.loss"] = loss;
    const options = { startTime: this.since, attributes };
    trace.getTracer("opnas").startSpan("training steps", options, this.around).end();
    this.since = Date.now();
    this.done = step;
  }
}
