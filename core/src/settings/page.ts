import {
  describeSettingGroups,
  describeSettings,
  type JsonValue,
  type SettingDescription,
  type SettingsKind,
} from "./describe.js";

/** Returns docs/settings.md: every setting of a search, of a full pre-training and of retention, in Markdown. */
export function settingsPage(): string {
  return [
    "# Settings",
    "",
    "Every setting of a search, of a full pre-training and of retention. This page is made from the schemas in `core/src/settings` by `npm run settings:docs -w core`. A path such as `superNet.steps` is what `--set superNet.steps=100` takes; presets (`core/src/presets.ts`) fill in the rest. What the paper leaves open is explained in [decision 0019](decisions/0019-what-the-paper-leaves-open.md).",
    "",
    "## A search",
    "",
    ...sections("search"),
    "## A full pre-training",
    "",
    ...sections("pretraining"),
    "## Retention",
    "",
    "Workers and `npm run clean` remove what nobody needs any more ([operations.md](operations.md#cleaning)). The environment variable `OPNAS_RETENTION` changes these settings by assignments such as `deletedDays=30,everyHours=0`.",
    "",
    ...sections("retention"),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

/** The settings without a group, then each group under a heading of its own. */
function sections(kind: SettingsKind): string[] {
  const settings = describeSettings(kind);
  const itemsOf = (group: string) =>
    settings.filter(({ path }) => groupOf(path) === group).map(itemOf);
  const groups = describeSettingGroups(kind).flatMap(({ path, title, description }) => [
    `### ${title} (\`${path}\`)`,
    "",
    description,
    "",
    ...itemsOf(path),
    "",
  ]);
  return [...itemsOf(""), "", ...groups];
}

function groupOf(path: string): string {
  return path.split(".").slice(0, -1).join(".");
}

function itemOf(setting: SettingDescription): string {
  const { path, title, description } = setting;
  return `- **${title}** (\`${path}\`): ${valuesOf(setting)}. ${description}`;
}

/** The values that a setting takes and its default, e.g. "integer, 1 to 48, default 12". */
function valuesOf({ type, minimum, maximum, choices, nullable, ...rest }: SettingDescription) {
  const range = [
    minimum === null ? [] : maximum === null ? `from ${number(minimum)}` : number(minimum),
    maximum === null ? [] : `to ${number(maximum)}`,
  ].flat();
  const parts = [
    type === "choice" ? [] : type === "list" ? "list of names" : type,
    range.length > 0 ? range.join(" ") : [],
    choices === null ? [] : choices.map(code).join(", "),
    nullable ? "or empty" : [],
    rest.default === null ? [] : `default ${code(rest.default)}`,
  ];
  return parts.flat().join(", ");
}

function code(value: JsonValue): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
