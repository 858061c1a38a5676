import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const opnas = fileURLToPath(new URL("../../bin/opnas.js", import.meta.url));

/** A list that is longer than what a pipe holds. */
const rows = Array.from({ length: 100 }, (_, index) => ({
  node: {
    id: String(index),
    name: "x".repeat(20_000),
    preset: "tiny",
    seed: 1,
    status: "DONE",
    progress: { fraction: 1 },
    bestArchitecture: null,
    failures: 0,
    tags: [],
  },
}));
const pageInfo = { hasNextPage: false, endCursor: null };
const searchRuns = { totalCount: 100, edges: rows, pageInfo };
const answer = JSON.stringify({ data: { searchRuns } });
const server = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());

test("a command whose reader has enough ends without a word, as under head", async () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const words = ["runs", "--api", `http://127.0.0.1:${address.port}/graphql`];
  const child = spawn(process.execPath, [opnas, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = (await once(child, "close")) as [number | null];
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
});
