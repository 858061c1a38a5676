import { type Document, unifyMarks } from "../corpus.js";

/** In UTF-16 units: a few pages more than a speech of the built-in text has. */
const longest = 50_000;

/** Where a section may end, best first. */
const borders = ["\n\n", "\n", "。", ". ", " "];

/**
 * A text as documents: itself, or, where it is long, its sections of 25,000 to 50,000 characters,
 * cut between paragraphs if possible. So one large file can be split by document, too.
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
    const room = text.slice(start, start + longest);
    const ends = borders.map((border) => room.lastIndexOf(border) + border.length);
    const end = ends.find((at) => at > longest / 2) ?? longest;
    found.push(room.slice(0, end));
    start += end;
  }
  return [...found, text.slice(start)];
}
