import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GpuUsage } from "@opnas/prisma";
import { z } from "zod";

const run = promisify(execFile);

/** Milliseconds that `nvidia-smi` has to answer; without the driver's persistence mode it takes a second or two. */
const answerMilliseconds = 4_000;
/** Questions in a row without an answer after which the last answer is no longer shown. */
const staleAfter = 6;

/** Reads a number of `nvidia-smi`; null for what the GPU does not tell, such as `[N/A]`. */
const number = z
  .string()
  .transform(Number)
  .transform((value) => (Number.isFinite(value) ? value : null));
const bytesOfMebibytes = number.transform((value) => value && value * 2 ** 20);
const rowSchema = z.tuple([
  z.coerce.number().int(),
  z.string(),
  number.transform((percent) => percent && percent / 100),
  bytesOfMebibytes,
  bytesOfMebibytes,
]);

/** Asks `nvidia-smi` for the use of a worker's GPUs, and keeps the last answer while it gives none. */
export class GpuMeter {
  private answer: GpuUsage[] | null = null;
  private unanswered = 0;

  /**
   * @param gpus UUIDs of the GPUs to ask for
   * @param environment has the path on which `nvidia-smi` is looked for
   */
  constructor(
    private readonly gpus: readonly string[],
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** The last answer; null before the first one, and once there was none for several questions. */
  get usage(): GpuUsage[] | null {
    return this.unanswered < staleAfter ? this.answer : null;
  }

  /** Asks once; resolves with the answer or without one. */
  async measure(): Promise<void> {
    if (this.gpus.length === 0) return;
    try {
      const { stdout } = await run(
        "nvidia-smi",
        [
          `--id=${this.gpus.join(",")}`,
          "--query-gpu=index,name,utilization.gpu,memory.used,memory.total",
          "--format=csv,noheader,nounits",
        ],
        { env: this.environment, timeout: answerMilliseconds, killSignal: "SIGKILL" },
      );
      this.answer = parse(stdout);
      this.unanswered = 0;
    } catch (error) {
      this.unanswered++;
      if (this.unanswered === staleAfter) {
        console.error(`nvidia-smi does not tell how the GPUs are used: ${String(error)}`);
      }
    }
  }
}

/** @throws ZodError for rows of another form */
function parse(stdout: string): GpuUsage[] {
  return stdout
    .split("\n")
    .filter((row) => row.trim() !== "")
    .map((row) => {
      const cells = rowSchema.parse(row.split(",").map((cell) => cell.trim()));
      const [index, name, utilisation, memoryUsedBytes, memoryBytes] = cells;
      return { index, name, utilisation, memoryUsedBytes, memoryBytes };
    });
}
