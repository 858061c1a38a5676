import { expect, test } from "vitest";
import { z } from "zod";
import { parseInput } from "./input.js";

const faults: [schema: z.ZodType, value: unknown, reason: string][] = [
  [z.int(), 2.5, "it must be a whole number"],
  [z.int(), "2", "it must be a number"],
  [z.boolean(), 1, "it must be true or false"],
  [z.int().min(2), 1, "it must be at least 2"],
  [z.number().positive(), 0, "it must be above 0"],
  [z.number().max(1), 3, "it must be at most 1"],
  [z.string().max(3), "long", "it must have at most 3 characters"],
  [z.enum(["best", "youngest"]), "old", "it must be one of best, youngest"],
  [z.string().max(3, "it is too long"), "long", "it is too long"],
];

test.each(faults)("a fault is told in the words of people: %#", (schema, value, reason) => {
  expect(() => parseInput(schema, value, "input")).toThrow(`input cannot be used: ${reason}.`);
});
