/** The engines on libtensorflow. */
export type NativeEngine = "tensorflow" | "tensorflow-gpu";

/** An installed native engine. */
export interface InstalledEngine {
  /** The folder from which the engine's packages are required. */
  folder: string;
  /** The npm package to require. */
  addon: string;
  /** The source of its library, in words. */
  origin: string;
  /** The version of libtensorflow. */
  libtensorflow: string;
  /** The path of the addon with our own operations; undefined if it could not be compiled. */
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
