import { createHmac } from "node:crypto";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import WebSocket from "ws";
import { z } from "zod";
import { askWith, authSecret, password, signIn, testAccount } from "../testing/accounts.js";
import { eventually, testServer, webPort } from "../testing/client.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;
const origin = `http://127.0.0.1:${server.port}`;
const portal = `http://localhost:${webPort}`;

const ann = await testAccount(server, "ann", "RESEARCHER");
const viewer = "{ viewer { kind name role } }";
const codes = (answer: { errors?: { extensions: { code: string } }[] | undefined }) =>
  answer.errors?.map(({ extensions }) => extensions.code) ?? [];

async function signedIn(email = ann.email): Promise<string> {
  const cookie = await signIn(server, email);
  if (cookie === null) throw new Error("Signing in was refused.");
  return cookie;
}

function post(path: string, headers: Record<string, string>, body: unknown = {}) {
  return fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

test("a person signs in by password, is known by the cookie, and signs out", async () => {
  const cookie = await signedIn();
  expect((await askWith(server, { cookie }, viewer)).data).toEqual({
    viewer: { kind: "USER", name: ann.email, role: "RESEARCHER" },
  });
  await post("/auth/sign-out", { cookie, origin });
  expect((await askWith(server, { cookie }, viewer)).data).toEqual({ viewer: null });
  expect(await signIn(server, ann.email, "a wrong password")).toBeNull();
});

test("the cookie is out of reach of scripts and of other sites", async () => {
  const response = await post(
    "/auth/sign-in/email",
    { origin: portal },
    { email: ann.email, password },
  );
  const cookie = response.headers.getSetCookie().join();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
});

test("a forged cookie is nobody's: another session's id without the server's signature", async () => {
  const cookie = await signedIn();
  const [name = "", value = ""] = cookie.split("=");
  const [token = ""] = decodeURIComponent(value).split(".");
  const forged = [
    `${name}=${token}`,
    `${name}=${encodeURIComponent(`${token}.${"A".repeat(43)}=`)}`,
    `${name}=${encodeURIComponent(`${token.slice(0, -1)}x.${decodeURIComponent(value).split(".")[1] ?? ""}`)}`,
    "opnas_local=x",
  ];
  for (const each of forged) {
    expect((await askWith(server, { cookie: each }, viewer)).data).toEqual({ viewer: null });
    expect(codes(await askWith(server, { cookie: each }, "{ presets { name } }"))).toEqual([
      "UNAUTHENTICATED",
    ]);
  }
});

test("a page of another site cannot use a person's cookie", async () => {
  const cookie = await signedIn();
  const evil = { cookie, origin: "https://evil.example" };
  const start = `mutation { startSearch(input: { preset: "smoke" }) { id } }`;
  expect(codes(await askWith(server, evil, start))).toEqual(["FORBIDDEN"]);
  expect((await post("/auth/sign-out", evil)).status).toBe(403);
  // A form of another site sends no JSON and can set no header.
  const form = await fetch(`${origin}/graphql?query=${encodeURIComponent("{viewer{name}}")}`, {
    headers: { cookie, "content-type": "text/plain" },
  });
  expect(form.status).toBe(400);
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, "graphql-transport-ws", {
    headers: evil,
  });
  const refused = await new Promise((resolve) => socket.once("error", resolve));
  expect(String(refused)).toContain("403");
  expect(await database.searchRun.count()).toBe(0);
});

test("nobody registers, and nobody takes a role through the addresses of signing in", async () => {
  const stranger = { email: "eve@example.org", name: "Eve", password, role: "ADMIN" };
  expect((await post("/auth/sign-up/email", { origin }, stranger)).ok).toBe(false);
  expect(await database.user.count({ where: { email: stranger.email } })).toBe(0);
  const cookie = await signedIn();
  await post("/auth/update-user", { cookie, origin }, { role: "ADMIN", name: "Ann" });
  expect(await database.user.findUniqueOrThrow({ where: { id: ann.id } })).toMatchObject({
    role: "RESEARCHER",
  });
});

test("an open connection with a cookie ends when the person signs out", async () => {
  const cookie = await signedIn();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, "graphql-transport-ws", {
    headers: { cookie, origin: portal },
  });
  const messages: string[] = [];
  socket.on("message", (data: Buffer) => messages.push(data.toString()));
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ type: "connection_init" }));
  await eventually(() => messages.some((text) => text.includes("connection_ack")));
  await post("/auth/sign-out", { cookie, origin });
  expect(await closed).toBe(4401);
});

const invited = z.object({ inviteMember: z.object({ link: z.string() }) });

test("an invitation's link makes one account, with its role and team, and works once", async () => {
  const admin = await testAccount(server, "admin", "ADMIN");
  const invite = `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { link } }`;
  const input = { email: "Guest@Example.org", role: "VIEWER", teamId: ann.teamId };
  const headers = { authorization: `Bearer ${admin.key}` };
  const { data } = await askWith(server, headers, invite, { input });
  const { link } = invited.parse(data).inviteMember;
  expect(link.startsWith(`${portal}/sign-in#invitation=`)).toBe(true);
  const secret = link.split("=")[1] ?? "";
  const accept = `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { email role } }`;
  const accepted = { secret, name: "Guest", password };
  expect((await askWith(server, {}, accept, { input: accepted })).data).toEqual({
    acceptInvitation: { email: "guest@example.org", role: "VIEWER" },
  });
  expect(codes(await askWith(server, {}, accept, { input: accepted }))).toEqual(["NOT_FOUND"]);
  const cookie = await signedIn("guest@example.org");
  const teams = "{ teams { id } }";
  expect((await askWith(server, { cookie }, teams)).data).toEqual({ teams: [{ id: ann.teamId }] });
  const stored = await database.invitation.findFirstOrThrow();
  expect(JSON.stringify(stored)).not.toContain(secret);
});

test("without a data folder the owner's token comes from the secret of the accounts", async () => {
  const token = createHmac("sha256", authSecret).update("owner").digest("hex");
  const known = await askWith(server, { authorization: `Bearer ${token}` }, viewer);
  expect(known.data).toMatchObject({ viewer: { kind: "LOCAL", role: "ADMIN" } });
});

test("what is stored holds neither passwords nor the secrets of keys", async () => {
  const stored = JSON.stringify([
    await database.account.findMany(),
    await database.apiKey.findMany(),
  ]);
  expect(stored).not.toContain(password);
  expect(stored).not.toContain(ann.key);
});
