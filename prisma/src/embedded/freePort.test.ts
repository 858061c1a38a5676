import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { freePort } from "./freePort.js";

test("a free port is none that outgoing connections are given, and none that is taken", async () => {
  const random = vi.spyOn(Math, "random");
  random.mockReturnValueOnce(0.5);
  const taken = await freePort();
  const server = createServer().listen(taken, "127.0.0.1");
  await once(server, "listening");
  random.mockReturnValueOnce(0.5).mockReturnValueOnce(0.25);
  const port = await freePort();
  server.close();
  random.mockRestore();
  expect(port).not.toBe(taken);
  for (const each of [taken, port]) expect(each).toBeLessThan(32_768);
});
