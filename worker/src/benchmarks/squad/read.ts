import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { isBroken, RowCounter, type FileReport } from "../benchmarkFiles.js";

/** A question about a passage. */
export interface SquadQuestion {
  id: string;
  text: string;
  context: string;
  /** The gold answers; empty if the passage has no answer (v2.0 only). */
  answers: readonly string[];
  /** The place of the first gold answer in `context`: code units [start, end). */
  span?: { start: number; end: number };
}

/** The versions of SQuAD. */
export const squadVersions = ["1.1", "2.0"] as const;
export type SquadVersion = (typeof squadVersions)[number];

const questionSchema = z.object({
  id: z.string().min(1),
  question: z.string(),
  answers: z.array(z.object({ text: z.string().min(1), answer_start: z.int().min(0) })),
  is_impossible: z.boolean().optional(),
});
const paragraphSchema = z.object({ context: z.string(), qas: z.array(z.unknown()) });
const fileSchema = z.object({
  data: z.array(z.object({ paragraphs: z.array(paragraphSchema) })),
});

/**
 * Parses the questions of an official SQuAD file (Rajpurkar et al. 2016, 2018). A question to train
 * on needs an answer at the place that the file states; a question to be scored does not.
 * @throws OpnasError BAD_INPUT if the text is not of the form, or most questions are malformed
 */
export function parseSquad(
  text: string,
  file: string,
  version: SquadVersion,
  use: "train" | "dev",
): { questions: SquadQuestion[]; report: FileReport } {
  const counter = new RowCounter(file);
  const questions: SquadQuestion[] = [];
  const ids = new Set<string>();
  for (const { context, entry } of entriesOf(text, file)) {
    const { question, problem } = check(entry, context, version, ids);
    const usable = question && (problem === undefined || use === "dev") ? question : undefined;
    if (problem === undefined) counter.sound();
    else counter.malformed(usable ? `${problem}: scored all the same` : problem, placeOf(entry));
    if (usable) questions.push(usable);
  }
  return { questions, report: counter.report() };
}

/** Yields every entry of the file's questions with its passage. */
function* entriesOf(text: string, file: string): Generator<{ context: string; entry: unknown }> {
  for (const { paragraphs } of parseFile(text, file)) {
    for (const { context, qas } of paragraphs) for (const entry of qas) yield { context, entry };
  }
}

function parseFile(text: string, file: string): z.infer<typeof fileSchema>["data"] {
  const bad = (what: string, cause: unknown) =>
    new OpnasError("BAD_INPUT", `${file} cannot be used: ${what}.`, { cause });
  const parsed = fileSchema.safeParse(parseJson(text, bad));
  if (parsed.success) return parsed.data.data;
  const [issue] = parsed.error.issues;
  throw bad(`${issue?.path.join(".") ?? ""} ${issue?.message ?? "is not valid"}`, parsed.error);
}

function parseJson(text: string, bad: (what: string, cause: unknown) => OpnasError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad("it is not JSON", error);
  }
}

/** Checks an entry: returns its question, unless it is unusable, and the problem found, if any. */
function check(
  entry: unknown,
  context: string,
  version: SquadVersion,
  ids: Set<string>,
): { question?: SquadQuestion; problem?: string } {
  const parsed = questionSchema.safeParse(entry);
  if (!parsed.success) return { problem: "a question that is not of the form" };
  const { id, question: text, answers, is_impossible: impossible } = parsed.data;
  if (ids.has(id)) return { problem: "an id that came before" };
  ids.add(id);
  if (version === "1.1" && answers.length === 0) return { problem: "a question without answers" };

  const spans = answers.flatMap((answer) => spanOf(context, answer) ?? []);
  const [span] = spans;
  const question = {
    id,
    text,
    context,
    answers: answers.map(({ text }) => text),
    ...(span && { span }),
  };
  if (text.trim() === "") return { question, problem: "an empty question" };
  if ([text, ...question.answers].some(isBroken)) {
    return { question, problem: "a question or answer that is not UTF-8" };
  }
  if (impossible !== undefined && impossible !== (answers.length === 0)) {
    return { question, problem: "answers that is_impossible denies" };
  }
  if (spans.length < answers.length) {
    return { question, problem: "an answer that does not stand at its answer_start" };
  }
  return { question };
}

type Answer = z.infer<typeof questionSchema>["answers"][number];

/**
 * Finds an answer at its stated place, or undefined. Files count code points, strings code units.
 */
function spanOf(context: string, { text, answer_start: points }: Answer): SquadQuestion["span"] {
  const start = hasPairs(context) ? Array.from(context).slice(0, points).join("").length : points;
  return context.startsWith(text, start) ? { start, end: start + text.length } : undefined;
}

const hasPairs = (text: string) => /[\u{10000}-\u{10FFFF}]/u.test(text);

function placeOf(entry: unknown): string {
  const named = z.object({ id: z.string() }).safeParse(entry);
  return named.success ? named.data.id : "a question without id";
}
