import { architectureSchema } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);

let runId = "";
beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 12, generations: 3 });
  runId = run.id;
  for (const generation of [0, 1, 2, 3]) {
    for (const [index, id] of (await driver.propose(run, generation)).entries()) {
      await driver.evaluate(run.id, id, 10 * generation + index);
    }
  }
});

const kernelsForm = z.object({
  kernelsByDepth: z.array(
    z.object({
      layer: z.int(),
      attention: z.int(),
      kernels: z.array(z.object({ kernelSize: z.int(), count: z.int() })),
    }),
  ),
});

async function kernelsByDepth(id: string, top: number) {
  const query = `{ kernelsByDepth(runId: "${id}", top: ${top}) {
    layer attention kernels { kernelSize count }
  } }`;
  return (await server.read(kernelsForm, query)).kernelsByDepth;
}

test("kernels by depth count what the best candidates hold, layer by layer", async () => {
  const rows = await database.architecture.findMany({ where: { runId } });
  for (const top of [1, 5, 1000]) {
    const best = rows
      .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0) || (a.id < b.id ? -1 : 1))
      .slice(0, top)
      .map(({ json }) => architectureSchema.parse(json).layers);
    const found = await kernelsByDepth(runId, top);
    expect(found.map(({ layer }) => layer)).toEqual([0, 1]);
    for (const { layer, attention, kernels } of found) {
      const held = best.map((layers) => layers[layer]);
      const sizes = held.flatMap((one) => (one?.kind === "conv" ? [one.kernelSize] : []));
      expect(attention).toBe(held.length - sizes.length);
      expect(kernels.map(({ kernelSize }) => kernelSize)).toEqual([3, 5, 7, 9, 15, 31, 65]);
      for (const { kernelSize, count } of kernels) {
        expect(count).toBe(sizes.filter((size) => size === kernelSize).length);
      }
    }
  }
});

test("kernels by depth are empty where nothing is scored, and refuse a number out of range", async () => {
  const fresh = await driver.startedRun();
  expect(await kernelsByDepth(fresh.id, 5)).toEqual([]);
  const { errors } = await server.ask(`{ kernelsByDepth(runId: "${runId}", top: 0) { layer } }`);
  expect(errors?.[0]).toMatchObject({ message: "top must be 1 to 1000, not 0." });
});

const prioritiesForm = z.object({
  operationPriorities: z.array(z.object({ generation: z.int(), operation: z.string() })),
});

test("operation priorities come of the newest generation, of one, or of all in one call", async () => {
  const read = async (extra: string) => {
    const query = `{ operationPriorities(runId: "${runId}"${extra}) { generation operation } }`;
    return (await server.read(prioritiesForm, query)).operationPriorities;
  };
  const [one, two, three] = [
    await read(", generation: 1"),
    await read(", generation: 2"),
    await read(""),
  ];
  expect(new Set(three.map(({ generation }) => generation))).toEqual(new Set([3]));
  expect(one.length).toBeGreaterThan(10);
  expect(await read(", allGenerations: true")).toEqual([...one, ...two, ...three]);
});

const uniformityForm = z.object({
  searchRun: z.object({
    generations: z.array(
      z.object({
        evaluations: z.array(
          z.object({
            tokenUniformity: z.array(z.number()).nullable(),
            stepSeconds: z.number().nullable(),
            stepRatio: z.number().nullable(),
          }),
        ),
      }),
    ),
  }),
});

test("an evaluation has its token uniformity and time of a step; older ones have none", async () => {
  const [old] = await database.evaluation.findMany({ where: { runId }, take: 1 });
  await database.$executeRaw`
    UPDATE "Evaluation" SET "tokenUniformity" = NULL, "stepSeconds" = NULL, "stepRatio" = NULL WHERE id = ${old?.id}::uuid`;
  const query = `{ searchRun(id: "${runId}") {
    generations { evaluations { tokenUniformity stepSeconds stepRatio } }
  } }`;
  const { generations } = (await server.read(uniformityForm, query)).searchRun;
  const evaluations = generations.flatMap((generation) => generation.evaluations);
  const measured = { tokenUniformity: [0.25, 0.5, 0.75], stepSeconds: 0.25, stepRatio: 1.5 };
  expect(evaluations.filter(({ tokenUniformity }) => tokenUniformity === null)).toEqual([
    { tokenUniformity: null, stepSeconds: null, stepRatio: null },
  ]);
  expect(evaluations).toContainEqual(measured);
});
