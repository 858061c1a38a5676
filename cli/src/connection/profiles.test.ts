import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { buildProgram } from "../commands/program.js";
import { runDocument } from "../api/runs.js";
import { connectTo } from "./connect.js";
import { profilesFile } from "./profiles.js";

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-profiles-"));
  environment = { XDG_CONFIG_HOME: folder };
  vi.stubEnv("XDG_CONFIG_HOME", folder);
  vi.stubEnv("OPNAS_TOKEN", "");
  vi.stubEnv("OPNAS_DATA_DIR", folder);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function opnas(...words: string[]): Promise<void> {
  const program = buildProgram(
    () => undefined,
    () => new AbortController().signal,
  );
  await program.parseAsync(["node", "opnas", ...words]);
}

test("profiles name servers; their file is their owner's alone", async () => {
  expect(connectTo({}, environment).address).toBe("http://127.0.0.1:4000/graphql");
  await opnas("profile", "add", "team", "https://nas.example.org/graphql", "--token", "secret");
  await opnas("profile", "add", "other", "http://other.example.org/graphql");
  const file = profilesFile(environment);
  expect(file).toBe(path.join(folder, "opnas", "profiles.json"));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(connectTo({}, environment).address).toBe("https://nas.example.org/graphql");
  expect(connectTo({ profile: "other" }, environment).address).toMatch(/other/);
  await opnas("profile", "use", "other");
  expect(connectTo({}, environment).address).toMatch(/other/);
  await opnas("profile", "remove", "other");
  expect(connectTo({}, environment).address).toBe("http://127.0.0.1:4000/graphql");
  expect(() => connectTo({ profile: "other" }, environment)).toThrow(
    "There is no profile other; there are: team.",
  );
  writeFileSync(file, "{");
  expect(() => connectTo({}, environment)).toThrow(/cannot be read/);
});

test("a token goes in the header Authorization, and a profile's only to its own server", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"data": {"searchRun": null}}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const api = `http://127.0.0.1:${address.port}/graphql`;
  await opnas("profile", "add", "own", api, "--token", "of the profile");
  const ask = (options: object, more: NodeJS.ProcessEnv = {}) =>
    connectTo(options, { ...environment, ...more }).request(runDocument, { id: "1" });
  await ask({ profile: "own" });
  await ask({ api });
  await ask({ profile: "own" }, { OPNAS_TOKEN: "of the environment" });
  await ask({ token: "given" }, { OPNAS_TOKEN: "of the environment" });
  server.close();
  expect(seen).toEqual([
    "Bearer of the profile",
    undefined,
    "Bearer of the environment",
    "Bearer given",
  ]);
});
