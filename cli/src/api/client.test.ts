import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { Api } from "./client.js";
import { CliError, exitCodes } from "./error.js";
import { runDocument, startSearchDocument } from "./runs.js";

let server: Server | undefined;
afterEach(() => server?.close());

/** Asks a server that gives this answer, whatever is asked, for a run. */
async function ask(answer: string): Promise<unknown> {
  server = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const api = new Api(`http://127.0.0.1:${address.port}/graphql`);
  return api.request(runDocument, { id: "1" }).catch((error: unknown) => error);
}

describe("a request", () => {
  test("gives the data of the answer", async () => {
    expect(await ask('{"data": {"searchRun": null}}')).toEqual({ searchRun: null });
  });

  test("to a server with another schema ends with that server's own sentence", async () => {
    const message = 'Cannot query field "lastSeq" on type "SearchRun".';
    const extensions = { code: "GRAPHQL_VALIDATION_FAILED" };
    const error = await ask(JSON.stringify({ errors: [{ message, extensions }] }));
    expect(error).toMatchObject({ message, exitCode: exitCodes.usage });
    expect(error).toBeInstanceOf(CliError);
  });

  test.each(['{"data": {}}', '{"data": null}'])(
    "answered %s ends with a sentence that names the missing field",
    async (answer) => {
      expect(await ask(answer)).toMatchObject({
        message: "The API's answer is not what this version of opnas expects (searchRun: missing).",
        exitCode: exitCodes.failed,
      });
    },
  );

  test.each(["{}", "[1]"])("answered %s says that this is not GraphQL", async (answer) => {
    const sentence = /^CliError: .* does not speak GraphQL: is it the platform's API\?$/;
    expect(String(await ask(answer))).toMatch(sentence);
  });

  test("whose answer is lost is sent again with its key", async () => {
    const bodies: string[] = [];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        bodies.push(body);
        if (bodies.length < 3) request.socket.destroy();
        else response.end('{"data": {"startSearch": {"id": "1", "name": "a"}}}');
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const api = new Api(`http://127.0.0.1:${address.port}/graphql`);
    const input = { preset: "smoke", idempotencyKey: "once" };
    const answer = await api.requestOnce(startSearchDocument, { input });
    expect(answer.startSearch.id).toBe("1");
    expect(new Set(bodies).size).toBe(1);
    expect(bodies).toHaveLength(3);
    expect(bodies[0]).toContain('"idempotencyKey":"once"');
  });

  test("that nothing answers says how to start the platform or name another address", async () => {
    const api = new Api("http://127.0.0.1:9/graphql");
    await expect(api.request(runDocument, { id: "1" })).rejects.toThrow(
      /^Nothing answers at .*: start the platform \(npm start\), or name its address with --api\.$/,
    );
  });
});
