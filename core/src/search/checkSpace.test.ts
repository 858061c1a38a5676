import { expect, test } from "vitest";
import { presetNamed } from "../presets.js";
import { backboneSpace } from "./backboneSpace.js";
import { checkSpace } from "./checkSpace.js";
import type { SearchSpace } from "./searchSpace.js";
import { slotSpace } from "./slotSpace.js";
import { choice, range } from "./slotValues.js";

const letters = ["a", "b", "c"];
const words: SearchSpace<string[]> = {
  operations: () => ({ options: letters }),
  sample: (random) => [random.pick(letters), random.pick(letters)],
  key: (word) => word.join(""),
  features: (word) =>
    word.map((operation, position) => ({ kind: "operation", position, operation })),
  mutate: (word, choose, random) => {
    const position = random.int(2);
    const others = letters.filter((letter) => letter !== word[position]);
    const chosen = choose({ kind: "operation", position }, others, random);
    return { architecture: word.with(position, chosen), description: chosen };
  },
};

test("spaces that keep their promises pass", () => {
  checkSpace(words);
  checkSpace(slotSpace({ kind: choice(["a", "b"]), rate: range(0, 1) }));
  checkSpace(backboneSpace(2, presetNamed("tiny").settings.mutation), 20);
});

let count = 0;
test.each<[string, Partial<SearchSpace<string[]>>]>([
  ["sample gives", { sample: () => [String(count++)] }],
  ["which is no text", { key: () => "" }],
  [
    "its options are a, b, c",
    { features: () => [{ kind: "operation", position: 0, operation: "d" }] },
  ],
  [
    "the slot operation 0 has an option twice",
    { operations: () => ({ options: ["a", "b", "c", "a"] }) },
  ],
  ["ascending from 0 to 1", { operations: () => ({ options: letters, places: [0, 1, 0.5] }) }],
  [
    "mutate changes the parent",
    {
      mutate: (word) => {
        word.push("a");
        return { architecture: word, description: "longer" };
      },
    },
  ],
  [
    "mutate makes",
    {
      mutate: (word) => ({
        architecture: word.with(0, letters[count++ % 3] ?? ""),
        description: "",
      }),
    },
  ],
  [
    "mutate offers z for the slot operation 1",
    {
      mutate: (word, choose, random) => {
        choose({ kind: "operation", position: 1 }, ["z"], random);
        return { architecture: word, description: "" };
      },
    },
  ],
  [
    "mutate offers no option",
    {
      mutate: (word, choose, random) => {
        choose({ kind: "operation", position: 1 }, [], random);
        return { architecture: word, description: "" };
      },
    },
  ],
  [
    "returned the parent each time",
    { mutate: (word) => ({ architecture: word, description: "" }) },
  ],
])("a space that breaks one is told which: %s", (message, part) => {
  expect(() => {
    checkSpace({ ...words, ...part });
  }).toThrow(message);
});
