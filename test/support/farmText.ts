import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { stream } from "@opnas/core";

/** Writes a text of twelve files with a little grammar in them, which is quickly prepared. */
export async function writeFarmText(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let file = 0; file < 12; file++) {
    await writeFile(path.join(folder, `${String(file)}.txt`), farmTale(file));
  }
}

/** Generates four hundred sentences. */
function farmTale(file: number): string {
  const random = stream(1, "farm tales", file);
  const pick = (words: string) => random.pick(words.split(" "));
  const thing = () =>
    `${pick("the a his her")} ${pick("old red small grey")} ${pick(heads)}${pick(tails)}`;
  return Array.from(
    { length: 400 },
    () => `${thing()} ${pick(verbs)} ${pick("in on by under with")} ${thing()} ${pick(ends)}.`,
  )
    .map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1))
    .join(" ");
}
const heads =
  "hor bar far goo fie wag riv orch mill kett plo stab cart hay pig shee roos cow duck pond";
const tails = "se n mer ld on er ard ler tle ing ow ick";
const verbs = "slept waited sang worked rested stumbled laughed walked";
const ends = "today yesterday again alone early late";
