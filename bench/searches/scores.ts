/** Scores of architectures, each computed once and kept in a file, so that a bench can go on. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

const lineSchema = z.object({ key: z.string(), seed: z.int(), score: z.number() });

/** An architecture's score under a seed. */
export type Scored = z.infer<typeof lineSchema>;

/** The scores of one file by architecture and seed. */
export class KeptScores {
  private readonly scores = new Map<string, number>();
  private readonly file: string;

  private constructor(file: string, known: readonly Scored[]) {
    this.file = file;
    for (const { key, seed, score } of known) this.scores.set(`${seed} ${key}`, score);
  }

  /**
   * Opens a file of scores, or begins one; its first line holds the conditions.
   * @throws Error if the file's scores were computed under other conditions
   */
  static async open(file: string, conditions: unknown): Promise<KeptScores> {
    const asJson = JSON.stringify(conditions);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      await writeFile(file, `${asJson}\n`);
      return new KeptScores(file, []);
    }
    // A line that a kill cut short has no line end, and is computed again.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) await writeFile(file, whole);
    const [first = "null", ...lines] = whole.split("\n").filter((line) => line !== "");
    if (!isDeepStrictEqual(JSON.parse(first), JSON.parse(asJson))) {
      throw new Error(`${file} holds scores of other settings; take another folder.`);
    }
    return new KeptScores(
      file,
      lines.map((line) => lineSchema.parse(JSON.parse(line))),
    );
  }

  get(key: string, seed: number): number | undefined {
    return this.scores.get(`${seed} ${key}`);
  }

  async add(scored: Scored): Promise<void> {
    this.scores.set(`${scored.seed} ${scored.key}`, scored.score);
    await appendFile(this.file, `${JSON.stringify(scored)}\n`);
  }
}
