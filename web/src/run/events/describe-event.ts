import * as z from "@/security/zod";
import { count, plural, score } from "@/format/number";
import { statuses, statusLooks } from "@/status/status";
import type { EventLine } from "./queries";

/** The fields of event payloads that the log shows; each kind of event has some of them. */
const payloadSchema = z.partial(
  z.object({
    status: z.string(),
    reason: z.nullable(z.string()),
    step: z.number(),
    total: z.number(),
    loss: z.nullable(z.number()),
    score: z.number(),
    index: z.number(),
    size: z.number(),
    bestScore: z.nullable(z.number()),
    meanScore: z.number(),
    message: z.string(),
    visibility: z.string(),
  }),
);

type Payload = z.infer<typeof payloadSchema>;

export interface EventText {
  text: string;
  /** Page with more about the event. */
  href?: string;
  tone?: "good" | "bad";
}

/** Describes an event as a line of the log: the state at that time, not the present one. */
export function describeEvent({ kind, payload, architecture }: EventLine): EventText {
  const parsed = payloadSchema.safeParse(payload);
  const data = parsed.success ? parsed.data : {};
  const link = architecture ? { href: `/architectures/${architecture.id}` } : {};
  const candidate = architecture?.name ?? "Candidate";
  switch (kind) {
    case "run.created":
      return { text: "Run created" };
    case "run.status":
      return { text: statusText(data) };
    case "supernet.progress":
      return { text: `Super-net${stepsText(data)}${lossText(data)}` };
    case "supernet.finished":
      return { text: "Super-net trained", tone: "good" };
    case "generation.started":
      return { text: `${generationText(data)} started${sizeText(data)}` };
    case "generation.finished":
      return {
        text: `${generationText(data)} finished: best ${score(data.bestScore)}, mean ${score(data.meanScore)}`,
        tone: "good",
      };
    case "candidate.started":
      return { text: `${candidate} is being trained`, ...link };
    case "candidate.evaluated":
      return { text: `${candidate} scored ${score(data.score ?? architecture?.score)}`, ...link };
    case "reference.evaluated":
      return {
        text: `Reference ${architecture?.name ?? ""} scored ${score(data.score ?? architecture?.score)}`,
        ...link,
      };
    case "candidate.failed":
      return { text: `${candidate} failed: ${data.message ?? "no reason"}`, tone: "bad", ...link };
    case "reference.failed":
      return {
        text: `Reference ${architecture?.name ?? ""} failed: ${data.message ?? "no reason"}`,
        tone: "bad",
        ...link,
      };
    case "run.waiting":
      return { text: `Waits: ${data.reason ?? "no reason"}`, tone: "bad" };
    case "run.extended":
      return { text: "Search extended" };
    case "run.visibility":
      return { text: visibilityText(data.visibility) };
    case "run.edited":
      return { text: "Name, note, tags or team of the run changed" };
    case "architecture.edited":
      return {
        text: `Note or tags of ${architecture?.name ?? "an architecture"} changed`,
        ...link,
      };
    case "run.finished":
      return { text: `Search finished, best score ${score(data.bestScore)}`, tone: "good" };
    case "run.failed":
      return { text: data.message ?? "Search failed", tone: "bad" };
    default:
      return { text: kind };
  }
}

function visibilityText(visibility: string | undefined): string {
  if (visibility === "ARCHIVED") return "Run archived";
  return visibility === "DELETED" ? "Run deleted" : "Run restored";
}

function statusText({ status, reason }: Payload): string {
  const name = statuses.find((known) => known === status?.toUpperCase());
  const text = name ? statusLooks[name].label : "Status changed";
  return reason ? `${text}: ${reason}` : text;
}

function generationText({ index }: Payload): string {
  return index === undefined ? "Generation" : `Generation ${index}`;
}

function sizeText({ size }: Payload): string {
  return size === undefined ? "" : `, ${plural(size, "candidate")}`;
}

function stepsText({ step, total }: Payload): string {
  return step === undefined || total === undefined
    ? ""
    : `: step ${count(step)} of ${count(total)}`;
}

function lossText({ loss }: Payload): string {
  return loss == null ? "" : ` · loss ${loss.toFixed(3)}`;
}
