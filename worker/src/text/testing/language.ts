import { stream, type Random } from "@opnas/core";

/** Words of a small language. A sentence's mood is in one of its words, so that it can be learned. */
const animals = ["otter", "heron", "badger", "lynx", "crow", "toad"];
const verbs = ["sees", "hides", "carries", "finds", "paints"];
const things = ["kettle", "ladder", "lantern", "basket", "violin", "anchor"];
const moods = [
  ["broken", "rusty", "lost"],
  ["bright", "whole", "golden"],
  ["wooden", "small", "old"],
];

/** A sentence of a mood (0, 1 or 2). */
export function sentenceOf(random: Random, mood: number): string {
  const word = random.pick(moods[mood] ?? []);
  return `The ${random.pick(animals)} ${random.pick(verbs)} a ${word} ${random.pick(things)}.`;
}

/** A sentence's parts for questions: "The otter hides the kettle in May". */
export function factOf(random: Random) {
  return {
    animal: random.pick(animals),
    verb: random.pick(verbs),
    thing: random.pick(things),
    mood: random.pick(moods.flat()),
  };
}

/** Random choices of the fixtures. */
export const fixtureStream = (purpose: string) => stream(0, `fixture: ${purpose}`);
