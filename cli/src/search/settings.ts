import { CliError, exitCodes } from "../api/error.js";

/** The most names of a path; settings lie three levels deep. */
const mostLevels = 10;

/** The most characters of a value; one of any length could be nested too deeply to be sent. */
const longestValue = 2_000;

/**
 * Parses partial settings from `--set path=value`, e.g. `superNet.steps=100`. A value is parsed as
 * JSON where it is JSON (numbers, true, lists), else taken as a string. The API checks the settings.
 *
 * @throws CliError when one has no "=", is too long or too deep, or two contradict one another
 */
export function parseAssignments(assignments: readonly string[]): Record<string, unknown> {
  const settings = emptyRecord();
  for (const assignment of assignments) {
    const [, path, text] = /^([A-Za-z][\w.]*)=(.*)$/s.exec(assignment) ?? [];
    if (path === undefined || text === undefined) {
      throw usage(`--set ${assignment}: write it as name=value, e.g. --set superNet.steps=100`);
    }
    if (text.length > longestValue) {
      throw usage(
        `--set ${path.slice(0, 40)}: its value is longer than ${longestValue} characters`,
      );
    }
    const names = path.split(".");
    if (names.length > mostLevels)
      throw usage(`--set ${path.slice(0, 40)}…: no setting lies so deep`);
    const last = names.pop() ?? path;
    let place = settings;
    for (const name of names) {
      const inner = (place[name] ??= emptyRecord());
      if (!isRecord(inner)) throw usage(`--set ${assignment}: ${name} was already given a value`);
      place = inner;
    }
    if (last in place) throw usage(`--set ${assignment}: ${path} is given twice`);
    place[last] = parseValue(text);
  }
  return settings;
}

/** Returns an object without a prototype, in which a name such as `__proto__` is one like any other. */
function emptyRecord(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
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
