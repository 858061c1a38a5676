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
