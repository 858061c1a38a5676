import type { Tone } from "@/ui/badge";
import { plural } from "@/format/number";

interface Sent {
  attempts: number;
  dueAt: string | null;
  httpStatus: number | null;
  error: string | null;
  deliveredAt: string | null;
}

/** Returns how a message to a webhook fared: a label, its tone, and a sentence where there is more. */
export function deliveryState(sent: Sent): { label: string; tone: Tone; text: string } {
  const { attempts, dueAt, httpStatus, error, deliveredAt } = sent;
  if (deliveredAt !== null) {
    const status = httpStatus === null ? "" : `It was answered with status ${httpStatus}.`;
    return { label: "Delivered", tone: "good", text: status };
  }
  const reason = error ?? "";
  if (dueAt === null) {
    return {
      label: "Given up",
      tone: "bad",
      text: `${reason} After ${plural(attempts, "attempt")}.`.trim(),
    };
  }
  if (attempts === 0) return { label: "Waiting", tone: "neutral", text: "" };
  return { label: "To be tried again", tone: "warn", text: reason };
}
