import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { readSettings } from "../settings.js";
import { askWith, bearer, testAccount } from "../testing/accounts.js";
import { Subscription, testServer } from "../testing/client.js";
import { readLocalToken } from "./localToken.js";

const databaseUrl = await testDatabase();
const dataFolder = await mkdtemp(path.join(tmpdir(), "opnas-token-"));
afterAll(() => rm(dataFolder, { recursive: true }));
const server = await testServer(databaseUrl, { dataFolder });
afterAll(() => server.stop());
const strict = await testServer(databaseUrl, { dataFolder, localToken: "required" });
afterAll(() => strict.stop());

const token = (await readFile(path.join(dataFolder, "api-token"), "utf8")).trim();
const viewer = "{ viewer { kind role } }";
const owner = { viewer: { kind: "LOCAL", role: "ADMIN" } };

test("the owner of the machine needs no account", async () => {
  expect((await server.ask(viewer)).data).toEqual(owner);
  expect((await askWith(server, bearer(token), viewer)).data).toEqual(owner);
  const wrong = await askWith(server, bearer("wrong"), "{ presets { name } }");
  expect(wrong.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
});

test("the token's file is for its owner alone and stays the same; a cut off one is written anew", async () => {
  const { mode } = await stat(path.join(dataFolder, "api-token"));
  expect(mode & 0o777).toBe(0o600);
  const folder = path.join(dataFolder, "raced");
  const [one, other] = await Promise.all([readLocalToken(folder), readLocalToken(folder)]);
  expect(one).toBe(other);
  expect(await readLocalToken(dataFolder)).toBe(token);
});

const isRootOnLinux = process.platform === "linux" && process.getuid?.() === 0;

/** Asks as another account of this machine, over a connection that it closes at once or keeps. */
function askAsAnother(port: number, authorization: string): Promise<string> {
  const script = `
    const response = await fetch("http://127.0.0.1:${port}/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", ...${authorization} },
      body: JSON.stringify({ query: "{ presets { name } }" }),
    });
    console.log(await response.text());`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    uid: 65_534,
    gid: 65_534,
    cwd: "/",
    env: {},
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once("close", () => resolve(output)));
}

test.runIf(isRootOnLinux)(
  "another account of this machine is refused, and served with the token",
  async () => {
    const refused = await askAsAnother(server.port, "{}");
    expect(refused).toContain("UNAUTHENTICATED");
    expect(refused).toContain("another account of this machine");
    const headers = JSON.stringify(bearer(token));
    expect(await askAsAnother(server.port, headers)).toContain("smoke");
  },
);

test("with OPNAS_LOCAL_TOKEN=required a browser shows the token once and is known by a cookie", async () => {
  const refused = await strict.ask("{ presets { name } }");
  expect(refused.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  expect((await strict.ask("{ signInMethods }")).data).toEqual({ signInMethods: ["LOCAL_TOKEN"] });
  const show = (text: string) =>
    fetch(`http://127.0.0.1:${strict.port}/auth/local`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: text }),
    });
  expect((await show("wrong")).status).toBe(401);
  const [cookie = ""] = (await show(token)).headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/i);
  expect((await askWith(strict, { cookie: cookie.split(";")[0] ?? "" }, viewer)).data).toEqual(
    owner,
  );
  const query = "subscription { workersChanged { id } }";
  expect(await new Subscription(strict.port, query).ended()).toMatchObject({ code: 4401 });
  const watching = new Subscription(strict.port, query, {}, `Bearer ${token}`);
  await watching.until(({ length }) => length > 0);
  await watching.leave();
});

test("the machine's owner creates the first administrator, whose key then works", async () => {
  const create = `mutation ($input: CreateUserInput!) { createUser(input: $input) { email role } }`;
  const input = { email: "a@example.org", name: "A", password: "0123456789", role: "ADMIN" };
  expect((await askWith(server, bearer(token), create, { input })).data).toEqual({
    createUser: { email: "a@example.org", role: "ADMIN" },
  });
  const short = await server.ask(create, { input: { ...input, password: "short" } });
  expect(short.errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  const other = await testAccount(server, "other", "VIEWER");
  expect((await askWith(server, bearer(other.key), viewer)).data).toEqual({
    viewer: { kind: "API_KEY", role: "VIEWER" },
  });
});

function refusalOf(environment: Record<string, string>): string {
  try {
    readSettings({ DATABASE_URL: "postgres://localhost/x", ...environment });
    return "";
  } catch (error) {
    return error instanceof OpnasError ? `${error.code} ${error.message}` : String(error);
  }
}

test.each(["0.0.0.0", "192.168.1.5", "::", "fd00::1"])(
  "an API at %s does not start without accounts, and says how it would",
  (host) => {
    expect(refusalOf({ OPNAS_HOST: host })).toMatch(
      /^BAD_SETTING OPNAS_HOST is .*: set OPNAS_AUTH=accounts and OPNAS_AUTH_SECRET/,
    );
    expect(refusalOf({ OPNAS_HOST: host, OPNAS_AUTH: "accounts" })).toContain("OPNAS_AUTH_SECRET");
    const short = { OPNAS_AUTH: "accounts", OPNAS_AUTH_SECRET: "short" };
    expect(refusalOf({ OPNAS_HOST: host, ...short })).toContain("32 characters");
    const secret = { OPNAS_AUTH: "accounts", OPNAS_AUTH_SECRET: "s".repeat(32) };
    expect(refusalOf({ OPNAS_HOST: host, ...secret })).toBe("");
  },
);

test.each(["127.0.0.1", "127.8.8.8", "::1"])("an API at %s needs no accounts", (host) => {
  expect(refusalOf({ OPNAS_HOST: host })).toBe("");
});

test.each([
  [{ OPNAS_TRUSTED_PROXIES: "10.0.0.0/8, 127.0.0.1" }, ""],
  [{ OPNAS_TRUSTED_PROXIES: "everybody" }, "OPNAS_TRUSTED_PROXIES must be"],
  [{ OPNAS_OIDC_ISSUER: "https://id.example" }, "OPNAS_OIDC_CLIENT_ID"],
  [{ OPNAS_LOCAL_TOKEN: "sometimes" }, "OPNAS_LOCAL_TOKEN must be"],
])("the settings %o are checked", (environment, said) => {
  expect(refusalOf(environment)).toContain(said);
});
