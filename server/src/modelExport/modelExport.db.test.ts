import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { claimExport, finishExport, queues, reportExport } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { openStore } from "@opnas/artifacts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, testAccount } from "../testing/accounts.js";
import { Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";
import { linkSeconds } from "../http/signedLinks.js";

const folder = await mkdtemp(path.join(tmpdir(), "opnas-model-export-"));
const artifacts = { kind: "folder" as const, folder };
const server = await testServer(await testDatabase(), {
  mode: "accounts",
  secret: authSecret,
  artifacts,
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
const { database, queue } = server.services;
const driver = new SearchDriver(server.services);
const ann = await testAccount(server, "ann", "RESEARCHER");
const bob = await testAccount(server, "bob", "RESEARCHER");
const store = await openStore({ artifacts, dataFolder: folder });
const content = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 256));

const ask = (key: string, query: string, variables: Record<string, unknown>) =>
  askWith(server, bearer(key), query, variables);
const mutation = `mutation ($id: ID!, $format: ModelFormat!) {
  exportArchitecture(id: $id, input: { format: $format }) { id status link { url expiresAt } } }`;
const linkSchema = z.object({ url: z.string(), expiresAt: z.coerce.date() });
const form = z.object({
  exportArchitecture: z.object({ id: z.uuid(), status: z.string(), link: linkSchema.nullable() }),
});
const requested = async (id: string, format = "PYTORCH") => {
  const { data, errors } = await ask(ann.key, mutation, { id, format });
  expect(errors).toBeUndefined();
  return form.parse(data).exportArchitecture;
};
const codeOf = async (key: string, query: string, variables: Record<string, unknown>) =>
  (await ask(key, query, variables)).errors?.[0]?.extensions["code"];

let architectureId = "";
let runId = "";
beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun();
  runId = run.id;
  await database.searchRun.update({ where: { id: runId }, data: { teamId: ann.teamId } });
  [architectureId = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, architectureId, 50);
});

/** Does a worker's part of an export: writes the archive and names it. */
async function finish(id: string): Promise<void> {
  const claim = await claimExport(database, id);
  if (claim === null) throw new Error("It could not be claimed.");
  await reportExport(database, claim, 0.5);
  const artifact = `exports/${id}/attempt-1`;
  await mkdir(path.join(folder, artifact), { recursive: true });
  await writeFile(path.join(folder, artifact, "model.tar"), content);
  const archive = { bytes: content.length, checksum: "c0ffee", store: await store.id() };
  await finishExport(database, claim, { artifact, ...archive });
}

const at = (url: string) => new URL(url, server.url).href;
async function download(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(at(url), { headers });
  return { response, body: Buffer.from(await response.arrayBuffer()) };
}

test("an export is asked for once, followed to its end, and downloaded by its link", async () => {
  const { id, status, link } = await requested(architectureId);
  expect({ status, link }).toEqual({ status: "QUEUED", link: null });
  expect((await requested(architectureId)).id).toBe(id);
  const jobs = await queue.findJobs(queues.trainer, { queued: true });
  expect(jobs.filter(({ data }) => JSON.stringify(data).includes("export"))).toMatchObject([
    { data: { kind: "export", exportId: id } },
  ]);
  const fields = `id status progress format bytes checksum fileName training { id }
    architecture { id } error { code } link { url }`;
  const followed = new Subscription<{ exportChanged: { status: string; progress: number } }>(
    server.port,
    `subscription ($id: ID!) { exportChanged(id: $id) { ${fields} } }`,
    { id },
    `Bearer ${ann.key}`,
  );
  await followed.until((messages) => messages.length >= 1);
  await finish(id);
  expect(await followed.ended()).toBeUndefined();
  expect(followed.messages.at(-1)?.data?.exportChanged).toMatchObject({
    id,
    status: "DONE",
    progress: 1,
    format: "PYTORCH",
    bytes: content.length,
    training: null,
    architecture: { id: architectureId },
    error: null,
  });
  const done = await requested(architectureId);
  expect(done.id).toBe(id);
  const { response, body } = await download(done.link?.url ?? "");
  expect(response.status).toBe(200);
  expect(body).toEqual(content);
  expect(response.headers.get("content-disposition")).toMatch(
    /^attachment; filename="opnas-.*-pytorch\.tar"$/,
  );
  await followed.leave();
});

test("an architecture lists the newest export of each form, to those who see it", async () => {
  const { id: onnx } = await requested(architectureId, "ONNX");
  const failed = { status: "FAILED" as const, error: { code: "DISK_FULL", message: "Full." } };
  await database.export.update({ where: { id: onnx }, data: failed });
  const query = `query ($id: ID!) { architecture(id: $id) {
    exports { id status format bytes link { url } error { code } } } }`;
  const lists = async () => (await ask(ann.key, query, { id: architectureId })).data;
  const pytorch = { format: "PYTORCH", status: "DONE", bytes: content.length, link: {} };
  expect(await lists()).toMatchObject({
    architecture: {
      exports: [{ id: onnx, status: "FAILED", error: { code: "DISK_FULL" } }, pytorch],
    },
  });
  const { id: again } = await requested(architectureId, "ONNX");
  expect(again).not.toBe(onnx);
  expect(await lists()).toMatchObject({
    architecture: { exports: [{ id: again, status: "QUEUED", link: null, error: null }, pytorch] },
  });
  expect((await ask(bob.key, query, { id: architectureId })).data).toEqual({ architecture: null });
});

test("a download goes on from where it broke off, as long as the archive is the same", async () => {
  const url = (await requested(architectureId)).link?.url ?? "";
  const tag = '"c0ffee"';
  const part = await download(url, { range: "bytes=900-", "if-range": tag });
  expect(part.response.status).toBe(206);
  expect(part.response.headers.get("content-range")).toBe("bytes 900-999/1000");
  expect(part.body).toEqual(content.subarray(900));
  expect((await download(url, { range: "bytes=0-9" })).body).toEqual(content.subarray(0, 10));
  expect((await download(url, { range: "bytes=-10" })).body).toEqual(content.subarray(990));
  const beyond = await download(url, { range: "bytes=1000-" });
  expect(beyond.response.status).toBe(416);
  expect(beyond.response.headers.get("content-range")).toBe("bytes */1000");
  const others: Record<string, string>[] = [
    { range: "bytes=1-2", "if-range": '"other"' },
    { range: "lines=1-2" },
  ];
  for (const headers of others) {
    const whole = await download(url, headers);
    expect(whole.response.status).toBe(200);
    expect(whole.body).toEqual(content);
  }
  // Without a Cache-Control of its own, fetch would ask for the whole.
  const known = { "if-none-match": tag, "cache-control": "max-age=0" };
  expect((await download(url, known)).response.status).toBe(304);
  const head = await fetch(at(url), { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe("1000");
});

test("links that were changed or have expired are refused in a sentence", async () => {
  const { url } = (await requested(architectureId)).link ?? { url: "" };
  const changed = [
    url.replace(/signature=./, "signature=_"),
    url.replace(/expires=(\d+)/, (_, expires) => `expires=${Number(expires) + 1}`),
    url.replace(/models\/[^/]+/, `models/${randomUUID()}`),
  ];
  for (const link of changed) {
    const { response, body } = await download(link);
    expect(response.status).toBe(403);
    expect(body.toString()).toContain("was changed");
  }
  expect((await download(url.split("?")[0] ?? "")).response.status).toBe(400);
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now - (linkSeconds + 1) * 1_000);
  const { id } = await requested(architectureId);
  const old = server.services.links.linkTo(id, `/export/models/${id}/a.tar`);
  vi.restoreAllMocks();
  const { response, body } = await download(old.url);
  expect(response.status).toBe(403);
  expect(body.toString()).toContain("has expired");
});

test("what cannot be exported is refused, and another team's is as one that does not exist", async () => {
  const { id } = await requested(architectureId);
  const format = "PYTORCH";
  expect(await codeOf(ann.key, mutation, { id: randomUUID(), format })).toBe("NOT_FOUND");
  expect(await codeOf(ann.key, mutation, { id: "nonsense", format })).toBe("NOT_FOUND");
  expect(await codeOf(ann.key, mutation, { id: runId, format })).toBe("NOT_FOUND");
  expect(await codeOf(bob.key, mutation, { id: architectureId, format })).toBe("NOT_FOUND");
  const query = "query ($id: ID!) { export(id: $id) { link { url } } node(id: $id) { id } }";
  const { data } = await ask(ann.key, query, { id });
  expect(data).toMatchObject({ export: { link: {} }, node: { id } });
  expect((await ask(bob.key, query, { id })).data).toEqual({ export: null, node: null });
  await database.searchRun.update({ where: { id: runId }, data: { phase: "SUPERNET" } });
  expect(await codeOf(ann.key, mutation, { id: architectureId, format })).toBe("WRONG_STATE");
  await database.searchRun.update({ where: { id: runId }, data: { phase: "SEARCHING" } });
});

test("an archive that is gone is made again, and one in another store is named as such", async () => {
  const first = await requested(architectureId, "ONNX");
  await finish(first.id);
  const { url } = (await requested(architectureId, "ONNX")).link ?? { url: "" };
  await database.export.update({ where: { id: first.id }, data: { store: "another" } });
  await rm(path.join(folder, "exports", first.id), { recursive: true });
  const elsewhere = await download(url);
  expect(elsewhere.response.status).toBe(500);
  expect(elsewhere.body.toString()).toContain("OPNAS_ARTIFACTS");
  await database.export.update({ where: { id: first.id }, data: { store: await store.id() } });
  const gone = await download(url);
  expect(gone.response.status).toBe(404);
  expect((await requested(architectureId, "ONNX")).id).not.toBe(first.id);
});

test("an architecture's card has what is stored of it", async () => {
  const query = `query ($id: ID!) { architecture(id: $id) { files(format: CARD) { name content } } }`;
  const { data } = await ask(ann.key, query, { id: architectureId });
  const files = z.object({
    architecture: z.object({
      files: z.tuple([z.object({ name: z.string(), content: z.string() })]),
    }),
  });
  const [{ name, content: card }] = files.parse(data).architecture.files;
  expect(name).toBe("README.md");
  expect(card).toContain("It has no trained weights");
  expect(card).toContain("| Masked words |");
  expect(card).toContain(architectureId);
});
