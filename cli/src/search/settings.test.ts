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

  test("takes the names of an object's own members for names like any other", () => {
    const settings = parseAssignments(["a.__proto__.stolen=1", "toString=2", "constructor.x=3"]);
    expect(Object.keys(settings)).toEqual(["a", "toString", "constructor"]);
    expect({}).not.toHaveProperty("stolen");
    expect(JSON.stringify(settings)).toBe(
      '{"a":{"__proto__":{"stolen":1}},"toString":2,"constructor":{"x":3}}',
    );
  });

  test.each([
    [["superNet.steps"], /write it as name=value/],
    [["a.b=1", "a.b=2"], /given twice/],
    [["a=1", "a.b=2"], /was already given a value/],
  ])("refuses %j", (given, message) => {
    expect(() => parseAssignments(given)).toThrow(message);
  });

  test("refuses 60,000 levels of names or lists, which could not be sent", () => {
    const names = `a${".a".repeat(60_000)}=1`;
    expect(() => parseAssignments([names])).toThrow(/no setting lies so deep/);
    const lists = `a=${"[".repeat(60_000)}${"]".repeat(60_000)}`;
    expect(() => parseAssignments([lists])).toThrow(/longer than 2000 characters/);
  });
});
