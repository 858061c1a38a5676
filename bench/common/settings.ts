import { OpnasError, presetNamed, searchSettingsSchema, type SearchSettings } from "@opnas/core";

/** Changes to search settings: of a group only the settings that are named. */
export type Override = Record<string, unknown>;

/**
 * Returns a preset's settings with some changed.
 * @throws OpnasError BAD_SETTING for an unknown preset or a bad setting
 */
export function settingsOf(preset: string, override: Override): SearchSettings {
  return changed(presetNamed(preset).settings, override);
}

/**
 * Returns the settings with some changed.
 * @throws OpnasError BAD_SETTING that names each bad setting
 */
export function changed(settings: SearchSettings, override: Override): SearchSettings {
  const before: Override = settings;
  const values = Object.entries(override).map(([name, value]) => {
    const group = before[name];
    return [name, isGroup(value) && isGroup(group) ? { ...group, ...value } : value];
  });
  const result = searchSettingsSchema.safeParse({ ...settings, ...Object.fromEntries(values) });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new OpnasError("BAD_SETTING", `The search's settings are wrong. ${problems.join("; ")}.`);
}

function isGroup(value: unknown): value is Override {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Settings that make a training and its scoring a matter of a second, for the quick runs. */
export const quickOverride = JSON.stringify({
  superNet: { steps: 4 },
  candidate: { steps: 2 },
  fineTune: { steps: 2 },
  evaluationExamples: 32,
  tasks: ["mlm", "swap"],
});
