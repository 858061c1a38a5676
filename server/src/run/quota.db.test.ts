import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, testAccount } from "../testing/accounts.js";
import { type Answer, testServer } from "../testing/client.js";

const url = await testDatabase();
const server = await testServer(url, {
  mode: "accounts",
  secret: authSecret,
  runs: { ofUser: 2, ofTeam: 3 },
});
afterAll(() => server.stop());
const { database } = server.services;

const ann = await testAccount(server, "ann", "RESEARCHER");
const amy = await testAccount(server, "amy", "RESEARCHER", ann.teamId);

const ask = (key: string, query: string, variables?: Record<string, unknown>) =>
  askWith(server, bearer(key), query, variables);
const start = (key: string, input: Record<string, unknown> = {}) =>
  ask(key, "mutation ($input: StartSearchInput!) { startSearch(input: $input) { id } }", {
    input: { preset: "smoke", ...input },
  });
const change = (key: string, operation: string, id: string) =>
  ask(key, `mutation ($id: ID!) { ${operation} { id } }`, { id });
const idOf = ({ data }: Answer) =>
  z.object({ startSearch: z.object({ id: z.string() }) }).parse(data).startSearch.id;
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code ?? "OK";

test("a search above the quota is refused, however it would become live, and leaves nothing behind", async () => {
  // Of three that are started in one moment, two may be live.
  const begun = await Promise.all([1, 2, 3].map((seed) => start(ann.key, { seed })));
  expect(begun.map(codeOf).sort()).toEqual(["OK", "OK", "QUOTA_EXCEEDED"]);
  expect(await database.searchRun.count()).toBe(2);
  const refused = begun.find((answer) => codeOf(answer) !== "OK");
  expect(refused?.errors?.[0]).toMatchObject({
    message:
      "The account has 2 live searches (queued, running or paused), and at most 2 are allowed at once: wait until one ends, or cancel one.",
    extensions: { code: "QUOTA_EXCEEDED", kind: "user" },
  });
  const [first = "", second = ""] = begun.filter((answer) => codeOf(answer) === "OK").map(idOf);
  expect(codeOf(await change(ann.key, "cloneSearch(id: $id)", first))).toBe("QUOTA_EXCEEDED");

  // A paused run counts, and it goes on; one that was cancelled makes room, and may not come back.
  expect(codeOf(await change(ann.key, "pauseSearch(id: $id)", first))).toBe("OK");
  expect(codeOf(await start(ann.key))).toBe("QUOTA_EXCEEDED");
  expect(codeOf(await change(ann.key, "resumeSearch(id: $id)", first))).toBe("OK");
  expect(codeOf(await change(ann.key, "cancelSearch(id: $id)", second))).toBe("OK");
  const third = await start(ann.key, { idempotencyKey: "once" });
  expect(codeOf(third)).toBe("OK");
  expect(codeOf(await change(ann.key, "resumeSearch(id: $id)", second))).toBe("QUOTA_EXCEEDED");
  const { status } = await database.searchRun.findUniqueOrThrow({ where: { id: second } });
  expect(status).toBe("CANCELLED");

  // A repeated request starts nothing, so it is answered as before.
  expect(idOf(await start(ann.key, { idempotencyKey: "once" }))).toBe(idOf(third));

  // The team has one more, whoever starts it; what is done can only be extended within the quota.
  const fourth = idOf(await start(amy.key));
  const { errors } = await start(amy.key);
  expect(errors?.[0]?.message).toMatch(/^The team has 3 live searches .* at most 3 are allowed/);
  await database.searchRun.update({ where: { id: fourth }, data: { status: "DONE" } });
  expect(codeOf(await start(amy.key))).toBe("OK");
  const extend = "extendSearch(id: $id, generations: 1)";
  expect(codeOf(await change(amy.key, extend, fourth))).toBe("QUOTA_EXCEEDED");
});
