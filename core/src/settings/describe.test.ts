import { describe, expect, test } from "vitest";
import { presets } from "../presets.js";
import { describeSettingGroups, describeSettings, type SettingDescription } from "./describe.js";
import { pretrainingDefaults } from "./pretraining.js";

const kinds = ["search", "pretraining", "retention"] as const;
const settingAt = (kind: (typeof kinds)[number], path: string): SettingDescription | undefined =>
  describeSettings(kind).find((setting) => setting.path === path);

describe.each(kinds)("the descriptions of %s settings", (kind) => {
  test("give every setting a title and a sentence", () => {
    for (const { path, title, description } of describeSettings(kind)) {
      expect(title, path).toMatch(/^\S/);
      expect(description, path).toMatch(/^\S.{10,}\.$/);
    }
  });

  test("give every group of settings a title and a sentence", () => {
    for (const { path, title, description } of describeSettingGroups(kind)) {
      expect(title, path).toMatch(/^\S/);
      expect(description, path).toMatch(/^\S.{10,}\.$/);
    }
  });

  test("give every number its range, but for limits", () => {
    for (const { path, type, minimum, maximum } of describeSettings(kind)) {
      const isNumber = type === "number" || type === "integer";
      expect(minimum !== null, path).toBe(isNumber);
      expect(maximum !== null, path).toBe(isNumber && !path.startsWith("limits."));
    }
  });
});

test("every value of a preset is described, and nothing else", () => {
  const described = describeSettings("search").map(({ path }) => path);
  for (const { settings } of presets) expect(leaves(settings).sort()).toEqual(described.sort());
});

test("a description holds what a form needs", () => {
  expect(settingAt("search", "superNet.steps")).toMatchObject({
    title: "Steps",
    type: "integer",
    minimum: 0,
    maximum: 1_000_000,
    choices: null,
    default: null,
    nullable: false,
  });
  expect(settingAt("search", "superNet.branches")).toMatchObject({
    type: "choice",
    choices: ["both", "one"],
    default: "both",
  });
  expect(settingAt("search", "tasks")).toMatchObject({ type: "list", nullable: false });
  expect(settingAt("search", "tasks")?.choices).toContain("far-swap");
  expect(settingAt("search", "tournament")).toMatchObject({ type: "integer", nullable: true });
  expect(settingAt("search", "references")).toMatchObject({ type: "boolean", default: true });
  expect(settingAt("search", "text.folder")).toMatchObject({ type: "string", nullable: true });
});

test("a setting within a group takes its default from the group's", () => {
  expect(settingAt("search", "screening.draws")?.default).toBe(1);
  expect(settingAt("search", "mutation.editWeights.change")?.default).toBe(4);
  expect(settingAt("search", "limits.flops")?.default).toBeNull();
});

test("a pre-training's defaults are those that it starts with", () => {
  const { text, ...numbers } = pretrainingDefaults;
  expect(text).toBeNull();
  for (const [path, value] of Object.entries(numbers)) {
    expect(settingAt("pretraining", path)?.default, path).toBe(value);
  }
});

function leaves(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? leaves(inner, `${prefix}${name}.`)
      : [prefix + name],
  );
}
