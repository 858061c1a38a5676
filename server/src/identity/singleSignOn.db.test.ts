import { invite } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { authSecret, testAccount } from "../testing/accounts.js";
import { answerSchema, type TestServer, testServer, webPort } from "../testing/client.js";
import { FormBrowser, startOpenIdProvider } from "../testing/openIdProvider.js";

const portal = `http://localhost:${webPort}`;
const databaseUrl = await testDatabase();
const provider = await startOpenIdProvider();
const { issuer, clientId, clientSecret } = provider;

const accounts = { mode: "accounts", secret: authSecret } as const;
let server: TestServer;
beforeAll(async () => {
  // The provider warns of settings that suit tests only.
  for (const method of ["info", "warn"] as const) vi.spyOn(console, method).mockReturnValue();
  // The provider does not answer yet, which must not keep the API from starting.
  server = await testServer(databaseUrl, { ...accounts, oidc: { issuer, clientId, clientSecret } });
});
beforeEach(() => provider.serve(`http://127.0.0.1:${server.port}/auth/callback/oidc`));
afterAll(async () => {
  vi.restoreAllMocks();
  await server.stop();
  await provider.stop();
});

const redirection = z.object({ url: z.string() });
const refusal = z.object({ message: z.string() });

/** Asks for the provider's address as the portal does. */
async function ask(browser: FormBrowser, at: TestServer = server): Promise<Response> {
  const body = {
    provider: "oidc",
    callbackURL: `${portal}/runs`,
    errorCallbackURL: `${portal}/sign-in?next=%2Fruns`,
  };
  const url = new URL(`http://127.0.0.1:${at.port}/auth/sign-in/social`);
  return browser.send(url, JSON.stringify(body));
}

/** Signs in at the provider under a name, or refuses to with null; returns the portal's address then. */
async function signIn(name: string | null, browser = new FormBrowser(), at = server) {
  const { url } = redirection.parse(await (await ask(browser, at)).json());
  return browser.signIn(url, name, portal);
}

const viewerForm = z.object({
  viewer: z.object({ name: z.string(), role: z.string() }),
  teams: z.array(z.object({ name: z.string() })),
});

async function viewer(browser: FormBrowser) {
  const query = JSON.stringify({
    query: "{ viewer { name role } teams { name } }",
  });
  const { data } = answerSchema.parse(
    await (await browser.send(new URL(server.url), query)).json(),
  );
  return viewerForm.parse(data);
}

test("who comes from the provider gets an account of role viewer without a team, and keeps it", async () => {
  const browser = new FormBrowser();
  expect(await signIn("ada", browser)).toBe(`${portal}/runs`);
  expect(await viewer(browser)).toEqual({
    viewer: { name: "ada@example.org", role: "VIEWER" },
    teams: [],
  });
  const { database } = server.services;
  const where = { email: "ada@example.org" };
  const stored = await database.user.findUniqueOrThrow({ where, include: { accounts: true } });
  expect(stored).toMatchObject({ name: "ada of the provider", emailVerified: true });
  // The provider's tokens would let whoever reads the database act there.
  expect(stored.accounts).toMatchObject([
    { accountId: "ada", accessToken: null, refreshToken: null, idToken: null },
  ]);
  expect(await signIn("ada")).toBe(`${portal}/runs`);
  const again = await database.account.findMany({ where: { userId: stored.id } });
  expect(again).toMatchObject([{ accessToken: null, idToken: null }]);
});

test("who was invited gets the invitation's role and team, but only under a verified address", async () => {
  const { database } = server.services;
  const { teamId } = await testAccount(server, "root", "ADMIN");
  for (const name of ["bob", "unverified"]) {
    await invite(database, { email: `${name}@example.org`, role: "RESEARCHER", teamId });
  }
  const invited = new FormBrowser();
  await signIn("bob", invited);
  expect(await viewer(invited)).toMatchObject({
    viewer: { role: "RESEARCHER" },
    teams: [{ name: "team of root" }],
  });
  const unverified = new FormBrowser();
  await signIn("unverified", unverified);
  expect(await viewer(unverified)).toMatchObject({ viewer: { role: "VIEWER" }, teams: [] });
});

test("who has an account with a password signs in to it, unless the address is not verified or it is disabled", async () => {
  const { database } = server.services;
  const { id } = await testAccount(server, "carl", "RESEARCHER");
  await testAccount(server, "unverified-carl", "RESEARCHER");
  const browser = new FormBrowser();
  await signIn("carl", browser);
  expect(await viewer(browser)).toMatchObject({
    viewer: { name: "carl@example.org", role: "RESEARCHER" },
  });
  const failed = (error: string) => `${portal}/sign-in?next=%2Fruns&error=${error}`;
  expect(await signIn("unverified-carl")).toBe(failed("account_not_linked"));
  await database.user.update({ where: { id }, data: { disabledAt: new Date() } });
  expect(await signIn("carl")).toBe(failed("unable_to_create_session"));
});

test("a person who refuses at the provider comes back to the page for signing in", async () => {
  expect(await signIn(null)).toContain(`${portal}/sign-in?next=%2Fruns&error=access_denied`);
});

test("a wrong secret of the client is told to the person, and its reason to the log", async () => {
  const oidc = { issuer, clientId, clientSecret: "another secret" };
  const wrong = await testServer(databaseUrl, { ...accounts, oidc });
  provider.serve(`http://127.0.0.1:${wrong.port}/auth/callback/oidc`);
  const page = await signIn("dora", new FormBrowser(), wrong);
  expect(page).toBe(`${portal}/sign-in?next=%2Fruns&error=invalid_code`);
  expect(wrong.log.lines.join("\n")).toMatch(/Sign-in: .*invalid_client/);
  await wrong.stop();
});

test("an answer without a known state leads to the page for signing in", async () => {
  const url = new URL(`http://127.0.0.1:${server.port}/auth/callback/oidc?code=x&state=y`);
  const response = await new FormBrowser().send(url);
  expect(response.headers.get("location")).toMatch(
    new RegExp(`^${portal}/sign-in\\?error=[a-z_]+$`),
  );
});

test.each([
  ["an address without a provider", "/realms/none", /answers 404/],
  ["an address in another form", "/.", /calls itself/],
])("a wrong issuer, %s, is refused with a sentence", async (_what, path, reason) => {
  const oidc = { issuer: `${issuer}${path}`, clientId, clientSecret };
  const wrong = await testServer(databaseUrl, { ...accounts, oidc });
  const response = await ask(new FormBrowser(), wrong);
  expect(response.status).toBe(502);
  const { message } = refusal.parse(await response.json());
  expect(message).toMatch(reason);
  expect(message).toContain("OPNAS_OIDC_ISSUER");
  expect(wrong.log.lines.join("\n")).toContain(message);
  await wrong.stop();
});

test("while the provider does not answer, others are served, and it is used once it is back", async () => {
  provider.hang();
  const oidc = { issuer, clientId, clientSecret };
  const waiting = await testServer(databaseUrl, { ...accounts, oidc });
  const { errors } = await waiting.ask("{ viewer { name } }");
  expect(errors).toBeUndefined();
  provider.fail(500);
  const browser = new FormBrowser();
  expect((await ask(browser, waiting)).status).toBe(502);
  provider.serve(`http://127.0.0.1:${waiting.port}/auth/callback/oidc`);
  expect(await signIn("ada", browser, waiting)).toBe(`${portal}/runs`);
  await waiting.stop();
});

test("people come back from the provider below the path of the public address", async () => {
  const publicUrl = "https://lab.example/nas";
  const oidc = { issuer, clientId, clientSecret };
  const below = await testServer(databaseUrl, { ...accounts, oidc, publicUrl });
  try {
    const { url } = redirection.parse(await (await ask(new FormBrowser(), below)).json());
    expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${publicUrl}/auth/callback/oidc`);
  } finally {
    await below.stop();
  }
});
