import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseSearch } from "./index.js";
import { duration } from "./follow/progress.js";

let errors: string;

beforeEach(() => {
  errors = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

function parse(...words: string[]): ReturnType<typeof parseSearch> {
  return parseSearch(["node", "search", ...words]);
}

describe("npm run search", () => {
  test("reads preset, seed, strategy, settings and file", async () => {
    const words = "--preset smoke --seed 7 --strategy random --set superNet.steps=5 --out r.json";
    expect(await parse(...words.split(" "))).toMatchObject({
      api: undefined,
      options: {
        input: {
          preset: "smoke",
          seed: 7,
          strategy: "RANDOM",
          settings: { superNet: { steps: 5 } },
        },
        out: "r.json",
        resumeWith: "npm run search -- --out r.json --resume",
      },
    });
  });

  test("reads limits beside other settings", async () => {
    const words =
      "--strategy reinforcement --max-parameters 345000 --max-flops 2.2e7 --set parents=2";
    expect(await parse(...words.split(" "))).toMatchObject({
      options: {
        input: {
          strategy: "REINFORCEMENT",
          settings: { parents: 2, limits: { parameters: 345_000, flops: 22_000_000 } },
        },
      },
    });
  });

  test("takes the names of an own text and of its vocabulary as they are", async () => {
    const words = ["--text", "2024", "--vocabulary-file", "news/vocab.txt", "--set", "parents=2"];
    expect(await parse(...words)).toMatchObject({
      options: {
        input: { settings: { parents: 2, text: { folder: "2024", vocabulary: "news/vocab.txt" } } },
      },
    });
  });

  test("leaves the seed to the platform when none is given", async () => {
    const request = await parse();
    expect(request).toMatchObject({ options: { input: { preset: "tiny" } } });
    expect(request).not.toHaveProperty("options.input.seed");
  });

  test.each([
    [["--seed", "-3"], /whole number from 0/],
    [["--seed", "2147483648"], /whole number from 0 to 2147483647/],
    [["--strategy", "luck"], /opnas, evolution, random/],
    [["--sed", "7"], /unknown option/],
    [["--max-flops", "few"], /a number above 0/],
    [["--set", "steps"], /write it as name=value/],
    [["leftover"], /too many arguments/],
  ])("ends with code 2 and a sentence for %j", async (words, message) => {
    expect(await parse(...words)).toBe(2);
    expect(errors).toMatch(message);
  });
});

describe("a duration", () => {
  test.each([
    [9.4, "9 s"],
    [185, "3 min 05 s"],
    [7_800, "2 h 10 min"],
  ])("of %d seconds reads %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
