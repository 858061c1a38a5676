import { presetNamed, searchSettingsSchema } from "@opnas/core";

/** A preset's settings with some changed; throws on an unknown preset or a bad setting. */
export function settingsOf(name, override) {
  return searchSettingsSchema.parse(merge(presetNamed(name).settings, override));
}

/** Settings with some changed; of a group only those that are named. */
export function merge(settings, override) {
  const changed = Object.entries(override).map(([key, value]) => {
    const isObject = typeof value === "object" && !Array.isArray(value);
    return [key, isObject ? { ...settings[key], ...value } : value];
  });
  return { ...settings, ...Object.fromEntries(changed) };
}
