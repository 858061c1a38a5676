export type NativeEngine = "tensorflow" | "tensorflow-gpu";

export interface InstalledEngine {
  /** The folder from which the engine's packages are required. */
  folder: string;
  /** The npm package to require. */
  addon: string;
  /** Where its library came from. */
  origin: string;
  /** The version of libtensorflow. */
  libtensorflow: string;
  /** The addon with our own operations; undefined where it could not be compiled. */
  kernels: string | undefined;
}

export const TFJS_VERSION: string;
export const flavours: Record<NativeEngine, { addon: string; wheel: string }>;
export function cacheFolder(env?: NodeJS.ProcessEnv): string;
export function engineFolder(engine: NativeEngine, env?: NodeJS.ProcessEnv): string;
export function installedEngine(
  engine: NativeEngine,
  env?: NodeJS.ProcessEnv,
): InstalledEngine | undefined;
export function seesNvidia(): boolean;
