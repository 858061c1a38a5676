import { OpnasError } from "@opnas/core";

/** The engines, best first. */
export const engineNames = ["tensorflow-gpu", "tensorflow", "wasm"] as const;
export type EngineName = (typeof engineNames)[number];

/** The values of OPNAS_ENGINE; `auto` is the best engine that runs. */
export const engineChoices = ["auto", ...engineNames] as const;
export type EngineChoice = (typeof engineChoices)[number];

/** The outcome of starting an engine: the engine, or one sentence that says why it does not run. */
export type Attempt<T> = { running: T } | { reason: string };

/**
 * Tries the engines that `choice` allows, best first, and returns the first that runs, with one
 * sentence for each better one that does not.
 * @throws OpnasError `ENGINE_UNAVAILABLE` when an engine was asked for by name and does not run
 */
export async function chooseEngine<T>(
  choice: EngineChoice,
  attempt: (name: EngineName) => Promise<Attempt<T>>,
): Promise<{ name: EngineName; running: T; reasons: string[] }> {
  const reasons: string[] = [];
  for (const name of choice === "auto" ? engineNames : [choice]) {
    const result = await attempt(name);
    if ("running" in result) return { name, running: result.running, reasons };
    reasons.push(`${name}: ${result.reason}`);
  }
  throw new OpnasError(
    "ENGINE_UNAVAILABLE",
    choice === "auto"
      ? `No engine runs on this machine. ${reasons.join(" ")}`
      : `The engine ${reasons.join(" ")} Set OPNAS_ENGINE=auto to use the best one that is there.`,
  );
}
