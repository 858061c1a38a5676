import { access, constants, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { describeError } from "@opnas/core";
import { z } from "zod";

/** A bench as a command: its npm script, what it measures, and its options. */
export interface Command<Shape extends z.ZodRawShape> {
  /** The npm script that runs it. */
  name: string;
  /** A sentence on the measurement, and on options whose names do not say enough. */
  about: string;
  /** Every option by its name, as a schema of the option's text (or of true, for a flag). */
  options: Shape;
  /** The name of the option that is given without its name, if there is one. */
  operand?: string;
  /** Options of `--quick`, a run of seconds, as they would be given. */
  quick: Readonly<Record<string, string | boolean>>;
}

/** The arguments of a bench: its options, and whether it is a quick run. */
export type Options<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>> & {
  quick: boolean;
};

/** An option that is missing or does not fit: the command's usage helps. */
export class UsageError extends Error {}

/** An option's value as it is given, not empty. */
export const text = z.string().min(1);

/** An option that is there or not. */
export const flag = z.boolean().default(false);

/** A number above 0. */
export const positive = z.string().transform(Number).pipe(z.number().positive());

/** An option in JSON: an object. */
export const jsonObject = z
  .string()
  .transform((given, context): unknown => {
    try {
      return JSON.parse(given);
    } catch {
      context.addIssue({ code: "custom", message: "it must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.unknown()));

/** A whole number of at least `least`. */
export function whole(least: number) {
  const error = `it must be a whole number from ${least}`;
  return z.string().regex(/^\d+$/, { error }).transform(Number).pipe(z.int().min(least, { error }));
}

/** Several values with commas between them. */
export function list<T>(of: z.ZodType<T, string>) {
  return z
    .string()
    .transform((given) => given.split(","))
    .pipe(z.array(of).min(1));
}

const common = {
  /** The file that the result is written to as JSON. */
  json: text.optional(),
  quick: flag,
  help: flag,
};

/**
 * Runs a bench: reads the command line, measures, and writes what `measure` returns to the file
 * that `--json` names. `--help` prints what is measured and the options. Ends with code 2 and the
 * usage for a command line that does not fit, with 1 for any other error, which is printed with its
 * causes.
 */
export async function runBench<Shape extends z.ZodRawShape>(
  command: Command<Shape>,
  measure: (options: Options<Shape>) => Promise<unknown>,
): Promise<void> {
  try {
    const { json, quick, help, ...given } = givenOf(command);
    if (help === true) {
      console.log(`${usageOf(command)}\n\n${command.about}`);
      return;
    }
    const file = parsed(common, { json, quick });
    const defaults = file.quick ? command.quick : {};
    const options = parsed(command.options, { ...defaults, ...given });
    if (file.json !== undefined) await requireFolderOf(file.json);
    const result = await measure({ ...options, quick: file.quick });
    if (file.json === undefined) return;
    await writeFile(file.json, `${JSON.stringify(result, undefined, 2)}\n`);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${error.message}\n${usageOf(command)}` : describeError(error));
    // Processes that the bench started would keep it alive; they end when it does.
    process.exit(isUsage ? 2 : 1);
  }
}

/** Throws UsageError, before hours of measuring, if a file cannot be written where it should be. */
async function requireFolderOf(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`--json: there is no folder ${folder} to write to`, { cause });
  }
}

function givenOf({ options, operand }: Command<z.ZodRawShape>) {
  const kinds = Object.entries({ ...common, ...options })
    .filter(([name]) => name !== operand)
    .map(([name, schema]) => [name, { type: isFlag(schema) ? "boolean" : "string" }] as const);
  try {
    const { values, positionals } = parseArgs({
      options: Object.fromEntries(kinds),
      allowPositionals: operand !== undefined,
    });
    const [first, second] = positionals;
    if (second !== undefined) throw new Error(`Unexpected argument '${second}'`);
    return operand === undefined || first === undefined ? values : { ...values, [operand]: first };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function parsed<Shape extends z.ZodRawShape>(shape: Shape, given: Record<string, unknown>) {
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `--${path.join(".")}: ${message}`,
  );
  throw new UsageError(problems.join("\n"));
}

/** Returns the command line with every option and its default. */
function usageOf({ name, options, operand }: Command<z.ZodRawShape>): string {
  const parts = Object.entries(options).map(([option, schema]) => {
    if (option === operand) return option.toUpperCase();
    if (isFlag(schema)) return `[--${option}]`;
    const fallback = z.safeParse(schema, undefined);
    if (!fallback.success) return `--${option} …`;
    return `[--${option} ${shownDefault(fallback.data)}]`;
  });
  return ["usage:", `npm run ${name} --`, ...parts, "[--json FILE] [--quick] [--help]"].join(" ");
}

function shownDefault(value: unknown): string {
  if (value === undefined) return "…";
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isFlag(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, true).success;
}
