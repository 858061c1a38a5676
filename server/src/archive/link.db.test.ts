import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { linkSeconds } from "../http/signedLinks.js";
import { askWith, authSecret, bearer, testAccount } from "../testing/accounts.js";
import { testServer } from "../testing/client.js";
import { archiveLink } from "./link.js";
import { archivedSearch, superNetOf } from "./testing/archivedSearch.js";
import { unpacked } from "./testing/unpacked.js";

const folder = await mkdtemp(path.join(tmpdir(), "opnas-linked-"));
const server = await testServer(await testDatabase(), {
  mode: "accounts",
  secret: authSecret,
  artifacts: { kind: "folder", folder },
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
const { database, links } = server.services;
const ann = await testAccount(server, "ann", "VIEWER");
const bob = await testAccount(server, "bob", "RESEARCHER");
const weights = Buffer.alloc(4_000, "weights ");
let runId = "";

beforeAll(async () => {
  runId = await archivedSearch(server);
  await database.searchRun.update({ where: { id: runId }, data: { teamId: ann.teamId } });
  const { artifact } = await database.pretraining.findFirstOrThrow();
  const model = String(artifact).replace("/data/artifacts/", "");
  for (const name of [superNetOf(runId), `${model}/model.safetensors`, `${model}/config.json`]) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, weights);
  }
});

const query = `query ($id: ID!, $artifacts: [ArchiveArtifact!]!) { searchRun(id: $id) { archive {
  architectures events artifacts { kind files bytes } link(artifacts: $artifacts) { url expiresAt } } } }`;
const form = z.object({
  searchRun: z.object({
    archive: z.object({
      architectures: z.int(),
      events: z.int(),
      artifacts: z.array(z.unknown()),
      link: z.object({ url: z.string(), expiresAt: z.coerce.date() }),
    }),
  }),
});

async function archiveOf(artifacts: readonly string[] = []) {
  const { data } = await askWith(server, bearer(ann.key), query, { id: runId, artifacts });
  return form.parse(data).searchRun.archive;
}

/** Downloads without any credentials. */
async function download(url: string) {
  const response = await fetch(new URL(url, server.url));
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

test("a run tells what its archive holds, and gives a link that needs no account", async () => {
  const { architectures, events, artifacts, link } = await archiveOf();
  expect(architectures).toBe(await database.architecture.count({ where: { runId } }));
  expect(events).toBe(await database.runEvent.count({ where: { runId } }));
  expect(artifacts).toEqual([
    { kind: "SUPER_NET", files: 1, bytes: weights.length },
    { kind: "MODELS", files: 2, bytes: 2 * weights.length },
  ]);
  const rows = await download(link.url);
  expect(rows.status).toBe(200);
  const lines = String(unpacked(rows.body).get("run/architectures.jsonl")).trim().split("\n");
  expect(lines).toHaveLength(architectures);
  const all = await download((await archiveOf(["MODELS", "SUPER_NET"])).link.url);
  expect(unpacked(all.body).get(`run/artifacts/${superNetOf(runId)}`)).toEqual(weights);
});

test("a link gives no right to anything but what it names, and ends", async () => {
  const { url, expiresAt } = (await archiveOf()).link;
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(linkSeconds * 1_000);
  const changed = [
    `${url}&artifacts=super-net`,
    url.replace(/runs\/[^/]+/, `runs/${ann.teamId}`),
    url.replace(/expires=(\d+)/, (_, expires) => `expires=${Number(expires) + 1}`),
    url.replace(/signature=[^&]+/, "signature=x"),
  ];
  for (const each of changed) {
    const { status, body } = await download(each);
    expect([status, String(body)]).toEqual([403, expect.stringContaining("was changed")]);
  }
  expect((await download(url.replace(/expires=\d+&/, ""))).status).toBe(400);
  expect((await download(`${url}&expires=1`)).status).toBe(400);
  const { pathname } = new URL(url, server.url);
  expect((await download(pathname)).status).toBe(401);
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now - (linkSeconds + 1) * 1_000);
  const old = archiveLink(links, { runId, artifacts: [] });
  vi.restoreAllMocks();
  const { status, body } = await download(old.url);
  expect([status, String(body)]).toEqual([403, expect.stringContaining("has expired")]);
});

test("who does not see the run gets no link, and a deleted run's link gives nothing", async () => {
  const { data } = await askWith(server, bearer(bob.key), query, { id: runId, artifacts: [] });
  expect(data).toEqual({ searchRun: null });
  const { url } = (await archiveOf()).link;
  await database.searchRun.update({ where: { id: runId }, data: { deletedAt: new Date() } });
  const { status, body } = await download(url);
  await database.searchRun.update({ where: { id: runId }, data: { deletedAt: null } });
  expect([status, String(body)]).toEqual([400, expect.stringContaining("is deleted")]);
});

test("a run without weights says so, and what the store lacks is left out", async () => {
  await rm(path.join(folder, runId), { recursive: true });
  await rm(path.join(folder, "trainings"), { recursive: true });
  expect((await archiveOf()).artifacts).toEqual([]);
});
