import { randomUUID } from "node:crypto";
import { stream } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const frontForm = z.object({
  paretoFront: z.array(
    z.object({
      id: z.string(),
      params: z.number(),
      flops: z.number(),
      stepRatio: z.number().nullable(),
      score: z.number(),
      name: z.string(),
      createdAt: z.iso.datetime(),
      layers: z.array(z.object({ kind: z.string() })),
    }),
  ),
});

async function front(x: string, filter: Record<string, unknown>) {
  const answer = await server.read(
    frontForm,
    `query ($filter: LeaderboardFilter, $x: ParetoCost!) {
      paretoFront(filter: $filter, x: $x, y: SCORE) {
        id params flops stepRatio score name createdAt layers { kind }
      }
    }`,
    { filter, x },
  );
  return answer.paretoFront;
}

/** A run whose generation 0 has these scores and costs. */
async function runWith(
  points: readonly { score: number; cost: number | null }[],
  stability: "STABLE" | "NO_LEARNING" = "STABLE",
): Promise<string> {
  const run = await driver.startedRun({ population: points.length, parents: 1 });
  const ids = await driver.propose(run, 0);
  for (const [index, { score, cost }] of points.entries()) {
    const id = ids[index] ?? "";
    await driver.evaluate(run.id, id, score, stability);
    await database.architecture.update({
      where: { id },
      data: { stepRatio: cost, params: cost ?? 0, flops: 2 * (cost ?? 0) },
    });
  }
  return run.id;
}

test("the front is the architectures that none dominates, cheapest first; equals stay, unknown costs are left out", async () => {
  const runId = await runWith([
    { score: 10, cost: 5 },
    { score: 30, cost: 7 },
    { score: 20, cost: 7 },
    { score: 30, cost: 7 },
    { score: 30, cost: 8 },
    { score: 25, cost: 6 },
    { score: 90, cost: null },
    { score: 5, cost: 4.5 },
  ]);
  const found = await front("STEP_TIME", { runId });
  expect(found.map(({ stepRatio, score }) => [stepRatio, score])).toEqual([
    [4.5, 5],
    [5, 10],
    [6, 25],
    [7, 30],
    [7, 30],
  ]);
  expect(found[0]?.layers.length).toBeGreaterThan(0);
});

test("the front has no architecture that diverged or did not learn", async () => {
  const runId = await runWith(
    [1, 2].map((cost) => ({ score: 50, cost })),
    "NO_LEARNING",
  );
  expect(await front("PARAMS", { runId })).toEqual([]);
  expect(await front("PARAMS", { runId, stableOnly: false })).toEqual([]);
});

test.each(["PARAMS", "FLOPS", "STEP_TIME"])(
  "the front of 20,000 architectures by %s agrees with a comparison of all pairs",
  { timeout: 120_000 },
  async (x) => {
    const run = await driver.startedRun({ population: 2 });
    const [first = ""] = await driver.propose(run, 0);
    const { generationId } = await database.architecture.findUniqueOrThrow({
      where: { id: first },
    });
    const random = stream(1, `costs ${x}`);
    const points = Array.from({ length: 20_000 }, () => ({
      cost: Math.round(1e4 * random.next()),
      score: Math.round(1e4 * (0.5 * random.next() + 0.5 * random.next())) / 100,
    }));
    await database.$executeRaw`
      INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json,
                                  params, flops, "stepRatio", score, stability, "updatedAt")
      SELECT gen_random_uuid(), ${run.id}::uuid, ${generationId}::uuid, 10 + place, 'key ' || place,
             'made up', '{"version": 1, "layers": [{"kind": "conv", "kernelSize": 3}]}',
             cost, cost, cost, score, 'STABLE', now()
        FROM unnest(${points.map(({ cost }) => cost)}::float8[],
                    ${points.map(({ score }) => score)}::float8[])
             WITH ORDINALITY AS point (cost, score, place)`;
    const best = new Map<number, number>();
    for (const { cost, score } of points) best.set(cost, Math.max(score, best.get(cost) ?? 0));
    const candidates = [...best].map(([cost, score]) => ({ cost, score }));
    const expected = candidates
      .filter(
        (one) =>
          !candidates.some(
            (other) => other !== one && other.cost <= one.cost && other.score >= one.score,
          ),
      )
      .sort((a, b) => a.cost - b.cost);
    const found = await front(x, { runId: run.id });
    const seen = new Set(found.map(({ params, score }) => `${params} ${score}`));
    expect([...seen]).toEqual(expected.map(({ cost, score }) => `${cost} ${score}`));
    await database.architecture.deleteMany({ where: { runId: run.id } });
  },
);

test("the front of a run that does not exist is empty; a malformed filter is refused", async () => {
  expect(await front("FLOPS", { runId: randomUUID() })).toEqual([]);
  const { errors } = await server.ask('{ paretoFront(filter: { runId: "x" }, x: PARAMS) { id } }');
  expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
});
