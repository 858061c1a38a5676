import { randomUUID } from "node:crypto";
import { defaultPretraining, presetNamed } from "@opnas/core";
import type { TestServer } from "../../testing/client.js";
import { SearchDriver } from "../../testing/searchDriver.js";

/** Name of the super-net's file of a stored search, in the artifact store. */
export const superNetOf = (runId: string): string => `${runId}/super-net.1.safetensors`;

/** Stores a finished search with rows in every table that archives hold. @returns the run's id */
export async function archivedSearch({ services }: TestServer): Promise<string> {
  const { database } = services;
  const driver = new SearchDriver(services);
  await driver.signIn();
  const sizes = { population: 6, parents: 2, childrenPerParent: 2, generations: 1 };
  const run = await driver.startedRun(sizes);
  const { id } = run;
  const ids = await driver.propose(run, 0, true);
  for (const [index, each] of ids.entries()) await driver.evaluate(id, each, 50 + index / 3);
  for (const each of await driver.propose(run, 1)) await driver.evaluate(id, each, 100 / 7);
  const references = await database.architecture.findMany({
    where: { runId: id, reference: { not: null } },
  });
  for (const each of references) await driver.evaluate(id, each.id, 30);
  await driver.finish(id);
  const note = 'a note with "quotes", a \\ and\nanother line: ü 𝛼';
  const superNet = { superNetFile: "super-net.1.safetensors", superNetChecksum: "sha256:0" };
  const data = { note, tags: ["paper", "ü"], superNetStore: randomUUID(), ...superNet };
  await database.searchRun.update({ where: { id }, data });
  const [architectureId = ""] = ids;
  const { size } = presetNamed("smoke").settings;
  const { id: pretrainingId } = await database.pretraining.create({
    data: {
      architectureId,
      status: "DONE",
      settings: defaultPretraining(size),
      seed: 3,
      step: 10,
      steps: 10,
      idempotencyKey: "a key",
    },
  });
  await database.pretraining.update({
    where: { id: pretrainingId },
    data: { artifact: `/data/artifacts/trainings/${pretrainingId}/attempt-1` },
  });
  const losses = { loss: 9.5, maskedLoss: 9, nextSentenceLoss: 0.5 };
  const point = { pretrainingId, step: 1, learningRate: 1e-4, tokensPerSecond: 1e5, ...losses };
  await database.pretrainingMetric.create({ data: point });
  await database.reproduction.create({ data: { architectureId, status: "DONE" } });
  return id;
}

/** Downloads the archive of a run. */
export async function download(
  { port }: Pick<TestServer, "port">,
  runId: string,
  headers: Record<string, string> = {},
  query = "",
): Promise<Buffer> {
  const address = `http://127.0.0.1:${port}/export/runs/${runId}/archive${query}`;
  const response = await fetch(address, { headers });
  if (!response.ok) throw new Error(`${address}: ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Sends an archive; gives the answer and its status. */
export async function upload(
  { port }: Pick<TestServer, "port">,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: unknown }> {
  const address = `http://127.0.0.1:${port}/import/runs`;
  const response = await fetch(address, { method: "POST", body, headers });
  return { status: response.status, answer: await response.json() };
}
