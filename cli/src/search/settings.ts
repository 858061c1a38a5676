import { CliError, exitCodes } from "../api/error.js";

/**
 * Parses partial settings from `--set path=value`, e.g. `superNet.steps=100`. A value is parsed as
 * JSON where it is JSON (numbers, true, lists), else taken as a string. The API checks the settings.
 *
 * @throws CliError when one has no "=" or two contradict one another
 */
export function parseAssignments(assignments: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const [, path, text] = /^([A-Za-z][\w.]*)=(.*)$/s.exec(assignment) ?? [];
    if (path === undefined || text === undefined) {
      throw usage(`--set ${assignment}: write it as name=value, e.g. --set superNet.steps=100`);
    }
    const names = path.split(".");
    const last = names.pop() ?? path;
    let place = settings;
    for (const name of names) {
      const inner = (place[name] ??= {});
      if (!isRecord(inner)) throw usage(`--set ${assignment}: ${name} was already given a value`);
      place = inner;
    }
    if (last in place) throw usage(`--set ${assignment}: ${path} is given twice`);
    place[last] = parseValue(text);
  }
  return settings;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function usage(message: string): CliError {
  return new CliError(message, exitCodes.usage);
}
