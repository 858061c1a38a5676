import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { artifactPlace, type ArtifactPlace, artifactVariables } from "@opnas/artifacts";
import { OpnasError, readRetention, type Retention } from "@opnas/core";
import { logLevelSchema } from "@opnas/telemetry";
import { z } from "zod";
import { engineChoices } from "./engine/choose.js";
import { gpuChoiceSchema, gpusFor } from "./engine/gpus.js";

const settingsSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  OPNAS_DATA_DIR: z.string().min(1).default(".data"),
  ...artifactVariables,
  /** Folder of users' own texts; searches read nothing outside of it. */
  OPNAS_TEXT_DIR: z.string().min(1).optional(),
  OPNAS_ENGINE: z.enum(engineChoices).default("auto"),
  /** Trainers that run at once, each a process with one thread (decision 0006). */
  OPNAS_WORKER_SLOTS: z.coerce.number().int().min(1).max(256).optional(),
  /** GPUs that trainers may use: all, none, or a list of their numbers or UUIDs. */
  OPNAS_GPUS: gpuChoiceSchema.default("all"),
  /** Trainers that share one GPU. */
  OPNAS_TRAINERS_PER_GPU: z.coerce.number().int().min(1).max(64).default(1),
  OPNAS_WORKER_NAME: z.string().min(1).max(100).optional(),
  /** Assignments that change how long things are kept. */
  OPNAS_RETENTION: z.string().default(""),
  /** Only checked here: the log reads it before there are settings. */
  OPNAS_LOG_LEVEL: logLevelSchema,
  /** Port of /healthz and /readyz; without it there are none. */
  OPNAS_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
});

export interface WorkerSettings {
  databaseUrl: string;
  dataFolder: string;
  artifacts: ArtifactPlace;
  /** The folder of users' own texts. */
  textFolder: string;
  engine: (typeof engineChoices)[number];
  /** Trainers that run at once. */
  slots: number;
  /**
   * UUIDs of the GPUs that trainers are bound to, each to one; an empty list keeps them off every GPU, and
   * undefined leaves it to TensorFlow, on a machine without `nvidia-smi` or with another engine.
   */
  gpus?: string[];
  name: string;
  /** The time that needless things are kept; a worker without it cleans nothing by itself. */
  retention?: Retention;
  /** Port of the pages /healthz and /readyz; 0 lets the system choose one, undefined: no pages. */
  healthPort?: number;
}

/**
 * Reads the worker's settings from environment variables; an empty one counts as unset.
 * @throws OpnasError `BAD_SETTING` naming the variable and what is wrong with it
 */
export function readSettings(environment: NodeJS.ProcessEnv): WorkerSettings {
  const given = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = settingsSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.path.join(".") ?? "environment";
    throw new OpnasError("BAD_SETTING", `${name}: ${issue?.message ?? "is not valid"}.`);
  }
  const { data } = parsed;
  const gpus = gpusFor(data.OPNAS_ENGINE, data.OPNAS_GPUS, environment);
  const ownSlots =
    gpus === undefined || gpus.length === 0
      ? availableParallelism()
      : gpus.length * data.OPNAS_TRAINERS_PER_GPU;
  return {
    databaseUrl: data.DATABASE_URL,
    dataFolder: data.OPNAS_DATA_DIR,
    artifacts: artifactPlace(data, data.OPNAS_DATA_DIR),
    textFolder: data.OPNAS_TEXT_DIR ?? join(data.OPNAS_DATA_DIR, "text"),
    engine: data.OPNAS_ENGINE,
    slots: data.OPNAS_WORKER_SLOTS ?? ownSlots,
    gpus,
    name: data.OPNAS_WORKER_NAME ?? hostname(),
    retention: readRetention(data.OPNAS_RETENTION),
    healthPort: data.OPNAS_HEALTH_PORT,
  };
}
