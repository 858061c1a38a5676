import { describe, expect, test } from "vitest";
import { chooseEngine, type Attempt, type EngineName } from "./choose.js";

/** Returns an attempt by which only these engines run, and the names it was called with. */
function only(...present: EngineName[]) {
  const asked: EngineName[] = [];
  const attempt = (name: EngineName): Promise<Attempt<string>> => {
    asked.push(name);
    return Promise.resolve(
      present.includes(name) ? { running: `${name} 1.0` } : { reason: `${name} is missing.` },
    );
  };
  return { asked, attempt };
}

describe("choosing an engine", () => {
  test("takes the best one that runs and gives the reason for each better one", async () => {
    const { asked, attempt } = only("tensorflow", "wasm");
    const chosen = await chooseEngine("auto", attempt);
    expect(chosen).toEqual({
      name: "tensorflow",
      running: "tensorflow 1.0",
      reasons: ["tensorflow-gpu: tensorflow-gpu is missing."],
    });
    expect(asked).toEqual(["tensorflow-gpu", "tensorflow"]);
  });

  test("falls back to WebAssembly with a reason for each better engine", async () => {
    const chosen = await chooseEngine("auto", only("wasm").attempt);
    expect(chosen.name).toBe("wasm");
    expect(chosen.reasons).toHaveLength(2);
  });

  test("takes the engine asked for by name although a better one runs", async () => {
    const { asked, attempt } = only("tensorflow", "wasm");
    expect(await chooseEngine("wasm", attempt)).toMatchObject({ name: "wasm", reasons: [] });
    expect(asked).toEqual(["wasm"]);
  });

  test("refuses an engine asked for by name that does not run, and suggests a remedy", async () => {
    await expect(chooseEngine("tensorflow-gpu", only("wasm").attempt)).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: expect.stringContaining("OPNAS_ENGINE=auto") as string,
    });
  });

  test("fails with a clear sentence if no engine runs at all", async () => {
    await expect(chooseEngine("auto", only().attempt)).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: expect.stringContaining("No engine runs") as string,
    });
  });
});
