import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** Returns the curve of a search with a seed: the kept one, or what `make` gives, which is then kept. */
export type CurveKeeper = (
  search: { table: string; variant: string; seed: number; evaluations: number },
  make: () => Promise<number[]>,
) => Promise<number[]>;

/** Keeps no curve. */
export const keepNothing: CurveKeeper = (_, make) => make();

const lineSchema = z.object({
  conditions: z.string(),
  seed: z.int(),
  evaluations: z.int(),
  curve: z.array(z.number()),
});

/**
 * Keeps curves in a folder as soon as each is there, a file of JSON lines for each table and variant,
 * so that a bench of hours that was stopped goes on.
 *
 * @param conditions what the curves depend on besides: curves of others are neither read nor removed
 * @throws ZodError for a file of another form
 */
export function keepCurves(folder: string, conditions: string): CurveKeeper {
  const files = new Map<string, Promise<z.infer<typeof lineSchema>[]>>();
  return async ({ table, variant, seed, evaluations }, make) => {
    const name = `${table} ${variant}`.replaceAll(/[^a-z0-9]+/gi, "-");
    const file = path.join(folder, `${name}.jsonl`);
    const lines = files.get(file) ?? readLines(file);
    files.set(file, lines);
    const known = (await lines).find(
      (line) =>
        line.conditions === conditions && line.seed === seed && line.evaluations === evaluations,
    );
    if (known) return known.curve;
    const curve = await make();
    await mkdir(folder, { recursive: true });
    await appendFile(file, `${JSON.stringify({ conditions, seed, evaluations, curve })}\n`);
    return curve;
  };
}

/** Reads the lines of a file; without the last if its writing was cut short, none where no file is. */
async function readLines(file: string): Promise<z.infer<typeof lineSchema>[]> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
  const whole = content.slice(0, content.lastIndexOf("\n") + 1);
  // What comes next would else be written into the cut line.
  if (whole.length < content.length) await appendFile(file, "\n");
  return whole
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => lineSchema.parse(JSON.parse(line)));
}
