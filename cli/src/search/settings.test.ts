import { describe, expect, test } from "vitest";
import { parseAssignments } from "./settings.js";

describe("--set", () => {
  test("builds partial settings from paths, reading values as JSON where they are JSON", () => {
    const given = ["superNet.steps=100", "superNet.warmup=0.1", 'tasks=["mlm"]', "strategy=random"];
    expect(parseAssignments(given)).toEqual({
      superNet: { steps: 100, warmup: 0.1 },
      tasks: ["mlm"],
      strategy: "random",
    });
  });

  test("keeps an equals sign within a value", () => {
    expect(parseAssignments(["name=a=b"])).toEqual({ name: "a=b" });
  });

  test.each([
    [["superNet.steps"], /write it as name=value/],
    [["a.b=1", "a.b=2"], /given twice/],
    [["a=1", "a.b=2"], /was already given a value/],
  ])("refuses %j", (given, message) => {
    expect(() => parseAssignments(given)).toThrow(message);
  });
});
