import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { type Document, unifyMarks } from "../corpus.js";

/** Most UTF-16 units of a document: a few pages more than a speech of the built-in text has. */
const longest = 50_000;

/** Texts that a section may end with, best first. */
const borders = ["\n\n", "\n", "。", ". ", " "];

/**
 * Splits a text into documents: itself, or, if it is long, its sections of 25,000 to 50,000
 * characters, cut between paragraphs if possible, so that one large file gives documents for every
 * purpose.
 */
export function documentsOf(name: string, text: string): Document[] {
  return sections(text.replaceAll("\r\n", "\n"))
    .map((section) => ({ name, text: unifyMarks(section) }))
    .filter((document) => document.text !== "");
}

function sections(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  while (text.length - start > longest) {
    const stretch = text.slice(start, start + longest);
    const ends = borders.map((border) => stretch.lastIndexOf(border) + border.length);
    const end = ends.find((at) => at > longest / 2) ?? longest;
    found.push(stretch.slice(0, end));
    start += end;
  }
  return [...found, text.slice(start)];
}

const lineSchema = z.object({ text: z.string() });

/**
 * Returns the documents of a .jsonl file: the field "text" of each line. Lines that are not of this
 * form or hold no text are left out and reported in `remarks`.
 *
 * @throws OpnasError BAD_INPUT if more than half of the lines are not of this form: it is another
 *   format
 */
export function documentsOfLines(
  name: string,
  content: string,
): { documents: Document[]; remarks: string[] } {
  const documents: Document[] = [];
  const bad: number[] = [];
  let [lines, blank] = [0, 0];
  for (const [index, line] of content.split("\n").entries()) {
    if (line.trim() === "") continue;
    lines++;
    const text = textOf(line);
    if (text === undefined) bad.push(index + 1);
    else if (text.trim() === "") blank++;
    else documents.push(...documentsOf(`${name}:${index + 1}`, text));
  }
  const remarks = blank > 0 ? [`${blank} of ${lines} lines of ${name} hold no text`] : [];
  if (bad.length === 0) return { documents, remarks };
  const remark = `${bad.length} of ${lines} lines of ${name} are not {"text": "…"}, the first is line ${bad[0]}`;
  if (2 * bad.length > lines) throw new OpnasError("BAD_INPUT", `${remark}.`);
  return { documents, remarks: [...remarks, remark] };
}

function textOf(line: string): string | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data?.text;
  } catch {
    return undefined;
  }
}
