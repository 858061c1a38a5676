import * as z from "@/security/zod";
import { type Range, rangeFault } from "./range";

/** A setting of a preset that can be changed; `path` is dotted, as in "superNet.steps". */
export type Setting =
  | { path: string; kind: "number"; value: number }
  /** A number, or null if left empty. */
  | { path: string; kind: "optional"; value: number | null }
  | { path: string; kind: "choice"; value: boolean }
  /** A text, or null if left empty. */
  | { path: string; kind: "text"; value: string | null }
  | { path: string; kind: "list"; value: string[] };

/** The values that were typed or ticked instead of the preset's, by path. */
export type Edits = Readonly<Record<string, string | boolean | readonly string[]>>;

const leafSchema = z.union([z.number(), z.boolean(), z.string(), z.null(), z.array(z.string())]);
const treeSchema = z.record(z.string(), z.unknown());

/**
 * Returns the settings of a preset as a flat list, in the preset's order; values of other types are
 * left out. A null in the preset may be replaced by a number, below `text` by a name.
 */
export function flatten(settings: unknown, prefix = ""): Setting[] {
  const tree = treeSchema.safeParse(settings);
  if (!tree.success) return [];
  return Object.entries(tree.data).flatMap(([name, value]) => {
    const path = prefix + name;
    const leaf = leafSchema.safeParse(value);
    return leaf.success ? [toSetting(path, leaf.data)] : flatten(value, `${path}.`);
  });
}

function toSetting(path: string, value: z.infer<typeof leafSchema>): Setting {
  if (typeof value === "number") return { path, kind: "number", value };
  // What is not set does not say of what kind it is.
  if (value === null && !path.startsWith("text.")) return { path, kind: "optional", value };
  if (typeof value === "boolean") return { path, kind: "choice", value };
  if (typeof value === "string" || value === null) return { path, kind: "text", value };
  return { path, kind: "list", value };
}

/** Numbers of any size, for a setting that the API does not describe. */
const anyNumber: Range = { type: "number", minimum: null, maximum: null };

/**
 * Returns the partial settings to send, which are those that differ from the preset, and an error
 * message for each number that its setting cannot have.
 *
 * @param ranges the ranges of the settings by path
 */
export function overrides(
  settings: readonly Setting[],
  edits: Edits,
  ranges: ReadonlyMap<string, Range> = new Map(),
) {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const setting of settings) {
    const edit = edits[setting.path];
    if (edit === undefined) continue;
    const value = valueOf(setting, edit);
    const isNumber = value === undefined || typeof value === "number";
    const fault = isNumber && rangeFault(value, ranges.get(setting.path) ?? anyNumber);
    if (fault) errors[setting.path] = fault;
    else if (JSON.stringify(value) !== JSON.stringify(setting.value)) {
      setAtPath(values, setting.path.split("."), value);
    }
  }
  return { values, errors };
}

/** Returns the value that an edit sets; undefined if it should be a number and is none. */
function valueOf({ kind, value }: Setting, edit: Edits[string]): unknown {
  if (value === null && edit === "") return null;
  return kind === "number" || kind === "optional" ? toNumber(edit) : edit;
}

function toNumber(text: Edits[string]): number | undefined {
  if (typeof text !== "string" || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function setAtPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const existing = treeSchema.safeParse(target[name]);
  const branch = existing.success ? existing.data : {};
  target[name] = branch;
  setAtPath(branch, rest, value);
}
