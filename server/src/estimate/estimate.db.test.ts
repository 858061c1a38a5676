import { bertLayer, layerParameters, presetNamed, sharedParameters } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;

const form = z.object({ estimate: z.record(z.string(), z.number().nullable()) });
const query = `query ($input: StartSearchInput!) {
  estimate(input: $input) {
    candidates generations superNetSteps candidateSteps fineTuneSteps referenceParams slots
    superNetMinutes candidateMinutes minutes measuredEvaluations measuredRuns
  }
}`;

async function estimate(settings: Record<string, unknown> = {}) {
  return (await server.read(form, query, { input: { preset: "smoke", settings } })).estimate;
}

test("an estimate has minutes only where earlier runs on the workers present measured them", async () => {
  const { settings } = presetNamed("smoke");
  expect(await estimate()).toMatchObject({
    candidates: 12,
    generations: 3,
    superNetSteps: settings.superNet.steps,
    candidateSteps: 12 * settings.candidate.steps,
    slots: 0,
    superNetMinutes: null,
    candidateMinutes: null,
    minutes: null,
    measuredEvaluations: 0,
    measuredRuns: 0,
  });

  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const ids = await driver.propose(run, 0);
  for (const id of ids) await driver.evaluate(run.id, id, 5);
  // The driver's super-net took 12.5 s, and each candidate 1.5 + 2.5 + 0.5 + 0.25 s in its one slot.
  const measured = await estimate();
  expect(measured).toMatchObject({ slots: 1, measuredEvaluations: ids.length, measuredRuns: 1 });
  expect(measured["superNetMinutes"]).toBeCloseTo(12.5 / 60);
  expect(measured["candidateMinutes"]).toBeCloseTo((12 * 4.75) / 60);
  expect(measured["minutes"]).toBeCloseTo((12.5 + 12 * 4.75) / 60);

  const longer = await estimate({ superNet: { steps: 2 * settings.superNet.steps } });
  expect(longer["superNetMinutes"]).toBeCloseTo(25 / 60);
  const larger = await estimate({ size: { hidden: 64 } });
  expect(larger).toMatchObject({ minutes: null, measuredEvaluations: 0, measuredRuns: 0 });
  const outside = await estimate({ evaluator: "external" });
  expect(outside).toMatchObject({
    candidates: 12,
    superNetSteps: 0,
    candidateSteps: 0,
    minutes: null,
  });
  const other = await estimate({ candidate: { steps: 9 } });
  expect(other).toMatchObject({ candidateMinutes: null, minutes: null, measuredRuns: 1 });

  await database.worker.updateMany({ data: { status: "stopped" } });
  expect(await estimate()).toMatchObject({ slots: 0, minutes: null, measuredRuns: 0 });
});

test("an estimate says how much memory and disk the search takes, and what that is derived from", async () => {
  const { settings } = presetNamed("smoke");
  const sizes = z.object({
    estimate: z.object({
      memoryBytes: z.number().nullable(),
      diskBytes: z.number().nullable(),
      sizes: z.array(
        z.object({ part: z.string(), bytes: z.number().nullable(), derivation: z.string() }),
      ),
    }),
  });
  const read = async (changes: Record<string, unknown>) => {
    const input = { preset: "smoke", settings: changes };
    const answer = await server.read(
      sizes,
      `query ($input: StartSearchInput!) {
        estimate(input: $input) { memoryBytes diskBytes sizes { part bytes derivation } }
      }`,
      { input },
    );
    return answer.estimate;
  };
  const { sizes: parts, memoryBytes, diskBytes } = await read({});
  const bytes = new Map(parts.map(({ part, bytes: known }) => [part, known]));
  // A super-net's layer is one of attention and one of the longest convolution.
  const { size } = settings;
  const branches = [bertLayer, { kind: "conv", kernelSize: 65 } as const].map((layer) =>
    layerParameters(layer, size),
  );
  const [attention = 0, convolution = 0] = branches;
  const superNet = sharedParameters(size) + size.layers * (attention + convolution);
  expect(bytes.get("SUPER_NET_FILE")).toBe(4 * superNet);
  expect(bytes.get("SUPER_NET_CHECKPOINT")).toBe(12 * superNet);
  expect(bytes.get("SUPER_NET_MEMORY")).toBe(16 * superNet);
  const largest = sharedParameters(size) + size.layers * Math.max(...branches);
  expect(bytes.get("CANDIDATE_MEMORY")).toBe(16 * largest);
  expect(bytes.get("ACTIVATION_MEMORY")).toBeNull();
  expect(bytes.get("PREPARED_DATA")).toBeNull();
  expect({ memoryBytes, diskBytes }).toEqual({
    memoryBytes: 16 * superNet,
    diskBytes: 16 * superNet,
  });
  for (const { bytes: known, derivation } of parts) {
    if (known !== null) expect(derivation).toMatch(/^\d+ parameters .* × 4 bytes/);
  }
  expect(await read({ evaluator: "external" })).toEqual({
    memoryBytes: null,
    diskBytes: null,
    sizes: [],
  });
});

test("an estimate refuses what startSearch refuses", async () => {
  const { errors } = await server.ask(query, {
    input: { preset: "smoke", settings: { size: { layers: 1e9 } } },
  });
  expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
});
