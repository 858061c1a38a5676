import { z } from "zod";
import type { Caller } from "./callers.ts";

const answersForm = z.object({
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) }))
    .optional(),
});

/** Codes with which the server says on purpose that it cannot answer now. */
const deliberate = new Set(["SERVER_BUSY", "DATABASE_BUSY", "RATE_LIMITED"]);

const internalCodes = new Set(["INTERNAL", "INTERNAL_SERVER_ERROR"]);

/** The figures of a run of hostile requests. */
export interface Verdict {
  requests: number;
  /** Answers of 5xx that the server does not give on purpose, and requests without any answer. */
  serverErrors: number;
  /** Errors that are the server's own fault, by their code or for want of one. */
  internal: number;
  /** Answers that hold what belongs to somebody else. */
  leaks: number;
  /** The first requests that were answered so. */
  samples: { fault: string; caller: string; request: string; answer: string }[];
}

/** The most samples of faults that are kept, and the most characters of each text. */
const maxSamples = 30;
const maxSample = 3_000;

/** Judges the answers to hostile requests and counts those that must not be. */
export class Judge {
  readonly verdict: Verdict = { requests: 0, serverErrors: 0, internal: 0, leaks: 0, samples: [] };

  /** Counts a request that is sent. */
  sent(): void {
    this.verdict.requests += 1;
  }

  /** Judges an answer over HTTP; bytes are given as one character each. */
  answer(caller: Caller, request: string, status: number, text: string): void {
    const codes = this.codes(caller, request, text);
    const isDeliberate = codes.length > 0 && codes.every((code) => deliberate.has(code));
    if (text.includes('"stacktrace"')) this.fault("internal", caller, request, text);
    if (status >= 500 && !isDeliberate)
      this.fault("serverErrors", caller, request, `${status} ${text}`);
  }

  /** Judges a message of a WebSocket, or anything else without a status. */
  message(caller: Caller, request: string, text: string): void {
    this.codes(caller, request, text);
  }

  /** Counts a request that had no answer though its sender waited. */
  silence(caller: Caller, request: string, reason: string): void {
    this.fault("serverErrors", caller, request, reason);
  }

  private codes(caller: Caller, request: string, text: string): string[] {
    const mark = caller.marks.in(text);
    if (mark !== null) {
      const at = Math.max(0, text.indexOf(mark) - maxSample / 2);
      this.fault("leaks", caller, request, text.slice(at));
    }
    const parsed = answersForm.safeParse(errorsOf(text));
    if (!parsed.success) {
      this.fault("internal", caller, request, text);
      return [];
    }
    const codes = (parsed.data.errors ?? []).map(({ extensions }) => extensions.code);
    if (codes.some((code) => internalCodes.has(code)))
      this.fault("internal", caller, request, text);
    return codes;
  }

  private fault(
    fault: "serverErrors" | "internal" | "leaks",
    { name: caller }: Caller,
    request: string,
    answer: string,
  ): void {
    this.verdict[fault] += 1;
    const { samples } = this.verdict;
    const shown = request.slice(0, maxSample);
    // A request that is sent often leaves room for others.
    if (samples.length >= maxSamples || samples.some((known) => known.request === shown)) return;
    samples.push({ fault, caller, request: shown, answer: answer.slice(0, maxSample) });
  }
}

/**
 * Returns the part of an answer that may hold errors: itself, or the payload of a socket's message. Lists
 * and null, which better-auth answers with, hold none.
 */
function errorsOf(text: string): unknown {
  const message = z.looseObject({ type: z.string(), payload: z.unknown() });
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || Array.isArray(value)) return {};
    const parsed = message.safeParse(value);
    if (!parsed.success) return value;
    const { type, payload } = parsed.data;
    if (type === "error") return { errors: payload };
    return type === "next" ? payload : {};
  } catch {
    // Pages of Node itself, such as that of a broken request, are no JSON.
    return {};
  }
}
