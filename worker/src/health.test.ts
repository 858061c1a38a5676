import { expect, test } from "vitest";
import { serveHealth } from "./health.js";

test("the pages say that the process lives, and why it is not ready until it is", async () => {
  let problem: string | null = "The worker is starting.";
  const pages = await serveHealth(0, () => problem);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${pages.port}${path}`);
    return [response.status, await response.json()];
  };
  expect(await ask("/healthz")).toEqual([200, { status: "ok" }]);
  expect(await ask("/readyz")).toEqual([503, { status: "not ready", reason: problem }]);
  problem = null;
  expect(await ask("/readyz")).toEqual([200, { status: "ready", reason: null }]);
  expect(await ask("/metrics")).toEqual([404, { error: "There are /healthz and /readyz." }]);
  await pages.stop();
});

test("a port that is in use is told with the setting's name", async () => {
  const pages = await serveHealth(0, () => null);
  await expect(serveHealth(pages.port, () => null)).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: expect.stringContaining("OPNAS_HEALTH_PORT") as string,
  });
  await pages.stop();
});
