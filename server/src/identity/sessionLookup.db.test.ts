import { Socket } from "node:net";
import { databaseError, withCancellation } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { askWith, authSecret, signIn, testAccount } from "../testing/accounts.js";
import { testServer } from "../testing/client.js";

const accounts = { mode: "accounts", secret: authSecret, querySeconds: 1 } as const;
const server = await testServer(await testDatabase(), accounts);
afterAll(() => server.stop());
const { database, identity } = server.services;

const ann = await testAccount(server, "ann", "RESEARCHER");
const cookie = (await signIn(server, ann.email)) ?? "";

test("a client that leaves while its session is looked up is no fault of the server", async () => {
  const credentials = { socket: new Socket(), headers: { cookie } };
  const gone = AbortSignal.abort();
  const looking = withCancellation(gone, () => identity.principalOf(credentials));
  // As any read that is given up with its client; nobody is there to be told.
  await expect(looking.catch(databaseError)).resolves.toMatchObject({ code: "DATABASE_BUSY" });
});

test("a session that the database cannot look up now is answered as one to ask for again", async () => {
  await database.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE "Session" IN ACCESS EXCLUSIVE MODE`;
      const answer = await askWith(server, { cookie }, "{ presets { name } }");
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(["DATABASE_BUSY"]);
    },
    { timeout: 20_000 },
  );
  expect(server.log.lines.filter((line) => line.includes("Error "))).toEqual([]);
});
