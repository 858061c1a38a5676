import { randomInt } from "node:crypto";
import {
  excessOfCandidates,
  presets,
  repetitionOfTasks,
  type SearchSettings,
  searchSettingsSchema,
  whenValid,
} from "@opnas/core";
import { type NewRun, type SearchRun as RunRow, settingsOfRun } from "@opnas/prisma";
import { z } from "zod";
import { InputError, jsonExcess, label, parseInput, text } from "../input.js";
import { StrategyName } from "./enums.js";
import type { CloneSearchInput, StartSearchInput } from "./inputs.js";

/** The first number that GraphQL's Int and Postgres' integer cannot carry; seeds are below it. */
export const intBound = 2 ** 31;

/** A schema for the partial settings of a request, of a size that can be checked at once. */
export const settingsInput = z
  .custom<Record<string, unknown>>(isObject, "it must be an object")
  .superRefine(
    (value, context) => {
      const message = jsonExcess(value);
      if (message !== null) context.addIssue({ code: "custom", message });
    },
    { when: whenValid },
  )
  .nullish();

const changesSchema = z.object({
  seed: z.int().min(0, "it is below 0").nullish(),
  name: label(200).min(1, "it is empty").nullish(),
  strategy: z.enum(StrategyName).nullish(),
  settings: settingsInput,
});

const idempotencyKey = text(200).min(1, "it is empty").nullish();
const inputSchema = changesSchema.extend({ preset: text(100), idempotencyKey });

/**
 * Turns a request to start a search into the run to record: the preset's settings with those of the
 * request merged in, a name and a seed where it gives none.
 * @throws InputError that names the field at fault
 */
export function plannedRun(request: StartSearchInput): NewRun {
  const input = parseInput(inputSchema, request, "input");
  const preset = presets.find(({ name }) => name === input.preset);
  if (preset === undefined) {
    const known = presets.map(({ name }) => name).join(", ");
    const message = `There is no preset ${input.preset}. Choose one of: ${known}.`;
    throw new InputError({ path: ["input", "preset"], message });
  }
  const seed = input.seed ?? randomInt(intBound);
  return {
    name: input.name ?? `${preset.name} ${seed}`,
    seed,
    preset: preset.name,
    settings: mergedSettings(preset.settings, input, ["input", "settings"]),
    idempotencyKey: input.idempotencyKey ?? undefined,
    drawn: (["seed", "name"] as const).filter((field) => input[field] == null),
  };
}

/**
 * Turns a request to clone a run into the run to record: the settings, seed and preset of the run,
 * with the changes of the request.
 * @throws InputError that names the field at fault
 */
export function plannedClone(
  run: RunRow,
  request: CloneSearchInput | null,
  key: string | null,
): NewRun {
  const changes = parseInput(changesSchema, request ?? {}, "changes");
  return {
    name: changes.name ?? `${run.name.slice(0, 190)} (clone)`,
    seed: changes.seed ?? run.seed,
    preset: run.preset,
    settings: mergedSettings(settingsOfRun(run), changes, ["changes", "settings"]),
    idempotencyKey: parseInput(idempotencyKey, key, "idempotencyKey") ?? undefined,
  };
}

function mergedSettings(
  base: SearchSettings,
  given: z.infer<typeof changesSchema>,
  path: readonly string[],
): SearchSettings {
  const { settings: changes, strategy } = given;
  const merged = {
    ...mergeSettings(base, changes ?? {}, path),
    ...(strategy == null ? {} : { strategy }),
  };
  const settings = parseInput(searchSettingsSchema, merged, ...path);
  const faults = [
    { field: "generations", reason: excessOfCandidates(settings) },
    { field: "tasks", reason: repetitionOfTasks(settings) },
  ];
  for (const { field, reason } of faults) {
    if (reason === null) continue;
    const message = `${path.join(".")}.${field} cannot be used: ${reason}.`;
    throw new InputError({ path: [...path, field], message });
  }
  return settings;
}

/**
 * Merges `changes` into a copy of `base`, object by object; lists and values are replaced.
 * @throws InputError that names a field which `base` does not have
 */
export function mergeSettings(
  base: Record<string, unknown>,
  changes: Record<string, unknown>,
  path: readonly string[],
): Record<string, unknown> {
  const merged = Object.entries(changes).map(([key, change]): [string, unknown] => {
    if (!Object.hasOwn(base, key)) {
      const known = Object.keys(base).join(", ");
      const message = `${path.join(".")} has no ${key}; it has ${known}.`;
      throw new InputError({ path: [...path, key], message });
    }
    const present = base[key];
    const isNested = isObject(present) && isObject(change);
    return [key, isNested ? mergeSettings(present, change, [...path, key]) : change];
  });
  return { ...base, ...Object.fromEntries<unknown>(merged) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
