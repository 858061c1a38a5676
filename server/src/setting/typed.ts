import {
  describeSettingGroups,
  describeSettings,
  type SettingDescription,
  type SettingsKind,
} from "@opnas/core";
import { type ClassType, Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { StrategyName } from "../run/enums.js";

/** An enum of GraphQL: the stored values by their names there. */
type Choices = Readonly<Record<string, string>>;

/** The enums that other fields of the schema have already, by the path of their setting. */
const known: Readonly<Record<string, Choices>> = { strategy: StrategyName };

/** All settings of a search, as `SearchRun.typedSettings` gives them. */
export const SearchSettings = typeOfSettings(
  "search",
  "SearchSettings",
  "All settings of a search.",
);

/** All settings of a full pre-training, as `Training.typedSettings` gives them. */
export const PretrainSettings = typeOfSettings(
  "pretraining",
  "PretrainSettings",
  "All settings of a full pre-training.",
);

/**
 * Makes the GraphQL type of settings, and those of the groups within them, out of the settings' one
 * description in core: a new setting is a new field without a line here.
 */
function typeOfSettings(kind: SettingsKind, name: string, description: string): ClassType {
  const settings = describeSettings(kind);
  const groups = describeSettingGroups(kind);

  function typeAt(path: string, typeName: string, about: string): ClassType {
    const type = classNamed(typeName);
    ObjectType(typeName, { description: about })(type);
    for (const group of groups.filter((each) => parentOf(each.path) === path)) {
      const inner = typeAt(group.path, typeName + pascal(lastOf(group.path)), group.description);
      const { description: text, nullable } = group;
      decorate(type, group.path, () => inner, { description: text, nullable });
    }
    for (const setting of settings.filter((each) => parentOf(each.path) === path)) {
      const of = typeOf(setting, name);
      const { description: text, nullable } = setting;
      decorate(type, setting.path, () => of, { description: text, nullable });
    }
    return type;
  }
  return typeAt("", name, description);
}

function classNamed(name: string): ClassType {
  const type = class {};
  Object.defineProperty(type, "name", { value: name });
  return type;
}

function decorate(
  type: ClassType,
  path: string,
  of: Parameters<typeof Field>[0],
  options: { description: string; nullable: boolean },
): void {
  Field(of, options)(type.prototype, lastOf(path));
}

/** Returns the GraphQL type of a setting. */
function typeOf(setting: SettingDescription, name: string) {
  const { type, path, choices, maximum } = setting;
  const item = choices === null ? String : enumOf(path, name + pascal(path), choices);
  switch (type) {
    case "integer":
      return maximum !== null && maximum < 2 ** 31 ? Int : Float;
    case "number":
      return Float;
    case "boolean":
      return Boolean;
    case "list":
      return [item];
    case "choice":
    case "string":
      return item;
  }
}

function enumOf(path: string, name: string, choices: readonly string[]): Choices {
  const existing = known[path];
  if (existing !== undefined) return existing;
  const values = Object.fromEntries(
    choices.map((choice) => [choice.toUpperCase().replaceAll("-", "_"), choice]),
  );
  registerEnumType(values, {
    name,
    description: `A value of the setting ${path}.`,
    valuesConfig: Object.fromEntries(
      Object.entries(values).map(([each, choice]) => [
        each,
        { description: `The value that settings in JSON write as ${choice}.` },
      ]),
    ),
  });
  return values;
}

function parentOf(path: string): string {
  return path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : "";
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function pascal(path: string): string {
  return path
    .split(".")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
