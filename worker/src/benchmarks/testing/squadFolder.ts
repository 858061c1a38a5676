import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { factOf, fixtureStream } from "../../text/testing/language.js";

const counts = { train: 80, dev: 24 };

/**
 * The questions about a fact, each with the word that is the answer; null if there is no answer.
 */
const questions = [
  { text: "Which animal is it?", answer: "animal" },
  { text: "What does it look like?", answer: "mood" },
  { text: "When was that?", answer: null },
] as const;

/**
 * Writes `train-v….json` and `dev-v….json` of both versions in the official format, about synthetic
 * sentences. The answer follows from the question and the kind of word, so that a small model can
 * learn it.
 */
export async function writeSquadFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const version of ["1.1", "2.0"] as const) {
    for (const part of ["train", "dev"] as const) {
      const file = path.join(folder, `${part}-v${version}.json`);
      await writeFile(file, JSON.stringify(fileOf(version, part)));
    }
  }
}

function fileOf(version: "1.1" | "2.0", part: "train" | "dev") {
  const random = fixtureStream(`SQuAD ${part}`);
  const paragraphs = Array.from({ length: counts[part] }, (_, number) => {
    const fact = factOf(random);
    const context = `Today the ${fact.animal} ${fact.verb} a ${fact.mood} ${fact.thing} in the garden.`;
    const qas = questions
      .filter(({ answer }) => answer !== null || version === "2.0")
      .map(({ text, answer }, place) => ({
        id: `${part}-${number}-${place}`,
        question: text,
        ...answersOf(context, answer && fact[answer], part === "dev" ? 3 : 1),
        ...(version === "2.0" && { is_impossible: answer === null }),
      }));
    return { context, qas };
  });
  return {
    version: version === "1.1" ? version : `v${version}`,
    data: [{ title: "Animals", paragraphs }],
  };
}

/** Makes the answers to a question: one per annotator, or in v2.0 only plausible ones. */
function answersOf(context: string, text: string | null, people: number) {
  if (text === null) {
    return { plausible_answers: [{ text: "Today", answer_start: 0 }], answers: [] };
  }
  const answer = { text, answer_start: context.indexOf(text) };
  return { answers: Array.from({ length: people }, () => answer) };
}
