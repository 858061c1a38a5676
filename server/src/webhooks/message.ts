import { type Database, eventPayloads, type WebhookDelivery } from "@opnas/prisma";

/** A webhook's message: its sentence for people, and its data for programs. */
export interface Message {
  /** The kind of event: run.finished, run.failed, run.new-best or test. */
  type: string;
  text: string;
  data: Record<string, string | number | null>;
}

/** Makes the message of a delivery out of the event that it is about and the run as it is now. */
export async function messageOf(database: Database, delivery: WebhookDelivery): Promise<Message> {
  const { runId, seq, event } = delivery;
  if (runId === null || seq === null) {
    return { type: "test", text: "This is a test of a webhook of OP-NAS.", data: {} };
  }
  const [run, stored] = await Promise.all([
    database.searchRun.findUniqueOrThrow({ where: { id: runId } }),
    database.runEvent.findUniqueOrThrow({ where: { runId_seq: { runId, seq } } }),
  ]);
  const about = { runId, runName: run.name, preset: run.preset, seq };
  if (event === "RUN_FAILED") {
    const { code, message } = eventPayloads["run.failed"].parse(stored.payload);
    const text = `The search ${run.name} failed: ${message}`;
    return { type: "run.failed", text, data: { ...about, code, message } };
  }
  if (event === "NEW_BEST") {
    const { architectureId, score } = eventPayloads["candidate.evaluated"].parse(stored.payload);
    const text = `The search ${run.name} has a new best candidate, of score ${score.toFixed(2)}.`;
    return { type: "run.new-best", text, data: { ...about, architectureId, score } };
  }
  const { bestArchitectureId, bestScore } = eventPayloads["run.finished"].parse(stored.payload);
  const best = bestScore === null ? "none scored" : `the best score is ${bestScore.toFixed(2)}`;
  const data = { ...about, architectureId: bestArchitectureId, score: bestScore };
  return { type: "run.finished", text: `The search ${run.name} is done: ${best}.`, data };
}
