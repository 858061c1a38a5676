import { z } from "zod";
import type { Event } from "../follow/followEvents.js";

/** The fields of events' payloads that sentences use; any may be missing in an event of another version. */
const payloadSchema = z.looseObject({
  name: z.string().optional(),
  preset: z.string().optional(),
  seed: z.number().optional(),
  status: z.string().optional(),
  reason: z.string().nullish(),
  step: z.number().optional(),
  total: z.number().optional(),
  loss: z.number().nullish(),
  note: z.string().nullish(),
  steps: z.number().optional(),
  seconds: z.number().optional(),
  index: z.number().optional(),
  size: z.number().optional(),
  architectureId: z.string().optional(),
  workerId: z.string().optional(),
  attempt: z.number().optional(),
  score: z.number().optional(),
  stability: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  bestScore: z.number().nullish(),
  meanScore: z.number().optional(),
  generations: z.number().optional(),
  candidates: z.number().optional(),
  visibility: z.string().optional(),
  changed: z.array(z.string()).optional(),
});

type Payload = z.infer<typeof payloadSchema>;

/** The weight of a line: `warn` for work that waits, `error` for work that failed. */
export type Level = "info" | "warn" | "error";

/** A line of a log. */
export interface LogLine {
  level: Level;
  text: string;
}

const failure = ({ code, message }: Payload) => `failed: ${message ?? ""} [${code ?? ""}]`;
const score = (value: number | null | undefined) => (value == null ? "none" : value.toFixed(2));
const course = ({ stability }: Payload) => (stability ?? "").toLowerCase().replace("_", " ");

const sentences: Readonly<Record<string, (payload: Payload) => LogLine | string>> = {
  "run.created": ({ name, preset, seed }) => `created as ${name}, preset ${preset}, seed ${seed}`,
  "run.status": ({ status, reason }) =>
    `is ${(status ?? "").toLowerCase()}${reason == null ? "" : `: ${reason}`}`,
  "run.waiting": ({ reason }) => ({ level: "warn", text: `waits: ${reason}` }),
  "run.extended": ({ generations, candidates }) =>
    `extended to ${generations} generations, ${candidates} candidates`,
  "run.visibility": ({ visibility }) => `is ${(visibility ?? "").toLowerCase()}`,
  "run.edited": ({ changed = [] }) => `changed: ${changed.join(", ")}`,
  "run.finished": ({ bestScore }) => `finished, best score ${score(bestScore)}`,
  "run.failed": (payload) => ({ level: "error", text: failure(payload) }),
  "supernet.progress": ({ step, total, loss, note }) =>
    `super-net: step ${step} of ${total}${loss == null ? "" : `, loss ${loss.toFixed(3)}`}${note == null ? "" : `, ${note}`}`,
  "supernet.finished": ({ steps, seconds = 0 }) =>
    `super-net: done, ${steps} steps in ${seconds.toFixed(0)} s`,
  "generation.started": ({ index, size }) => `generation ${index}: ${size} candidates`,
  "generation.finished": ({ index, bestScore, meanScore }) =>
    `generation ${index}: done, best ${score(bestScore)}, mean ${score(meanScore)}`,
  "candidate.started": ({ architectureId, workerId, attempt }) =>
    `candidate ${architectureId}: attempt ${attempt} on worker ${workerId}`,
  "candidate.evaluated": (payload) =>
    `candidate ${payload.architectureId}: score ${score(payload.score)}, ${course(payload)}`,
  "candidate.failed": (payload) => ({
    level: "error",
    text: `candidate ${payload.architectureId}: ${failure(payload)}`,
  }),
  "reference.evaluated": (payload) =>
    `reference ${payload.architectureId}: score ${score(payload.score)}, ${course(payload)}`,
  "reference.failed": (payload) => ({
    level: "error",
    text: `reference ${payload.architectureId}: ${failure(payload)}`,
  }),
  "architecture.edited": ({ architectureId, changed = [] }) =>
    `architecture ${architectureId}: changed ${changed.join(", ")}`,
};

/** Turns an event of a run into a line of its log; one of an unknown kind is shown as it is. */
export function lineOfEvent({ kind, payload }: Event): LogLine {
  const parsed = payloadSchema.safeParse(payload);
  const sentence = Object.hasOwn(sentences, kind) ? sentences[kind] : undefined;
  const line =
    parsed.success && sentence !== undefined
      ? sentence(parsed.data)
      : `${kind} ${JSON.stringify(payload)}`;
  return typeof line === "string" ? { level: "info", text: line } : line;
}
