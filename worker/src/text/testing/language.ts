import { stream, type Random } from "@opnas/core";

/** Words of a small language. One word of a sentence has its mood, so that a model can learn it. */
const animals = ["otter", "heron", "badger", "lynx", "crow", "toad"];
const verbs = ["sees", "hides", "carries", "finds", "paints"];
const things = ["kettle", "ladder", "lantern", "basket", "violin", "anchor"];
const moods = [
  ["broken", "rusty", "lost"],
  ["bright", "whole", "golden"],
  ["wooden", "small", "old"],
];

/** Makes a sentence of a mood (0, 1 or 2). */
export function sentenceOf(random: Random, mood: number): string {
  const word = random.pick(moods[mood] ?? []);
  return `The ${random.pick(animals)} ${random.pick(verbs)} a ${word} ${random.pick(things)}.`;
}

/** Samples the words of a sentence that questions can be asked about. */
export function factOf(random: Random) {
  return {
    animal: random.pick(animals),
    verb: random.pick(verbs),
    thing: random.pick(things),
    mood: random.pick(moods.flat()),
  };
}

/** Returns the random stream of a fixture. */
export const fixtureStream = (purpose: string) => stream(0, `fixture: ${purpose}`);
