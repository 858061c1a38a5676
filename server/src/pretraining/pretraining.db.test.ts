import { defaultPretraining, presetNamed } from "@opnas/core";
import {
  cancelPretraining,
  claimPretraining,
  finishPretraining,
  reportPretraining,
  type OrderClaim,
} from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, notifications } = server.services;
const listeners = notifications.listenerCount;
const { size } = presetNamed("smoke").settings;

let architectureId = "";
let otherId = "";
beforeAll(async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  [architectureId = "", otherId = ""] = await driver.propose(await driver.startedRun(), 0);
});

const fields = "id status seed step steps settings engine artifact error { code message }";
const trainingSchema = z.object({
  id: z.string(),
  status: z.string(),
  seed: z.int(),
  step: z.int(),
  steps: z.int(),
  settings: z.unknown(),
  engine: z.string().nullable(),
  artifact: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

const pretrainMutation = `mutation ($id: ID!, $input: PretrainInput!) {
  pretrain(architectureId: $id, input: $input) { ${fields} }
}`;

async function pretrain(input: object, id = architectureId) {
  const form = z.object({ pretrain: trainingSchema });
  return (await server.read(form, pretrainMutation, { id, input })).pretrain;
}

async function refusal(input: object, id = architectureId) {
  const { errors } = await server.ask(pretrainMutation, { id, input });
  return errors?.[0];
}

async function claimed(id: string): Promise<OrderClaim> {
  const taken = await claimPretraining(database, id);
  if (taken === null) throw new Error("The training was not to be had.");
  return taken.claim;
}

function report(claim: OrderClaim, from: number, to: number): Promise<void> {
  const metrics = Array.from({ length: to - from + 1 }, (_, index) => ({
    step: from + index,
    loss: 7.5,
    maskedLoss: 7,
    nextSentenceLoss: 0.5,
    learningRate: 1e-3,
    tokensPerSecond: 512,
  }));
  return reportPretraining(database, claim, { step: to, engine: "tensorflow", metrics });
}

describe("pretrain", () => {
  test("uses the search's size and the default settings where the request gives none", async () => {
    const training = await pretrain({});
    expect(training).toMatchObject({
      status: "QUEUED",
      step: 0,
      steps: 10_000,
      engine: null,
      artifact: null,
      error: null,
      settings: defaultPretraining(size),
    });
    expect(training.seed).toBeGreaterThanOrEqual(0);
  });

  test("merges the request's settings into them and keeps its seed", async () => {
    const settings = { size: { layers: 6, hidden: 64 }, steps: 20, accumulate: 4 };
    expect(await pretrain({ seed: 5, settings })).toMatchObject({
      seed: 5,
      steps: 20,
      settings: { size: { ...size, layers: 6, hidden: 64 }, steps: 20, accumulate: 4, batch: 32 },
    });
  });

  test("uses a published size, into which the request's is merged", async () => {
    expect(await pretrain({ size: "BASE", settings: { size: { layers: 6 } } })).toMatchObject({
      settings: {
        size: { ...size, layers: 6, hidden: 768, heads: 12, length: 128 },
        learningRate: 1e-4,
      },
    });
  });

  test("returns the first pre-training for a repeated key", async () => {
    const first = await pretrain({ idempotencyKey: "once" });
    expect(await pretrain({ idempotencyKey: "once" })).toEqual(first);
  });

  test("names the field that cannot be used, and an architecture that does not exist", async () => {
    const path = async (input: object) => (await refusal(input))?.extensions;
    expect(await path({ settings: { stps: 1 } })).toMatchObject({
      code: "BAD_INPUT",
      path: "input.settings.stps",
    });
    expect(await path({ settings: { size: { heads: 3 } } })).toMatchObject({
      code: "BAD_INPUT",
      path: "input.settings.size.hidden",
    });
    expect(await path({ seed: -1 })).toMatchObject({ code: "BAD_INPUT", path: "input.seed" });
    for (const id of ["x", "0199b1f0-0000-7000-8000-00000000dead"]) {
      expect(await refusal({}, id)).toMatchObject({ extensions: { code: "NOT_FOUND" } });
    }
  });
});

describe("a training", () => {
  test("can be cancelled and resumed, but not once it is done", async () => {
    const { id } = await pretrain({});
    const change = async (name: string) => {
      return server.ask(`mutation ($id: ID!) { ${name}(id: $id) { status } }`, { id });
    };
    expect(await change("cancelTraining")).toMatchObject({
      data: { cancelTraining: { status: "CANCELLED" } },
    });
    expect(await change("resumeTraining")).toMatchObject({
      data: { resumeTraining: { status: "QUEUED" } },
    });
    await finishPretraining(database, await claimed(id), "artifacts/trainings/x");
    for (const name of ["cancelTraining", "resumeTraining"]) {
      expect((await change(name)).errors?.[0]?.extensions.code).toBe("WRONG_STATE");
    }
  });

  test("reports its newest point and the time left", async () => {
    const settings = { steps: 100, batch: 4 };
    const { id } = await pretrain({ settings });
    await report(await claimed(id), 1, 30);
    const answer = await server.ask(
      `query ($id: ID!) {
        training(id: $id) {
          status step etaSeconds engine architecture { id } lastMetric { step loss }
          metrics(first: 2, after: 7) { step }
        }
      }`,
      { id },
    );
    // 70 steps of 4 × 32 tokens at 512 a second.
    expect(answer.data).toEqual({
      training: {
        status: "RUNNING",
        step: 30,
        etaSeconds: 18,
        engine: "tensorflow",
        architecture: { id: architectureId },
        lastMetric: { step: 30, loss: 7.5 },
        metrics: [{ step: 8 }, { step: 9 }],
      },
    });
  });

  test("is listed, the newest first, page by page, and with its architecture", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.unshift((await pretrain({}, otherId)).id);
    await cancelPretraining(database, ids[1] ?? "");
    const form = z.object({
      totalCount: z.int(),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      edges: z.array(z.object({ node: z.object({ id: z.string() }) })),
    });
    const page = "totalCount pageInfo { hasNextPage endCursor } edges { node { id } }";
    const seen: string[] = [];
    const pageAfter = async (after: string | null) => {
      const { architecture } = await server.read(
        z.object({ architecture: z.object({ trainings: form }) }),
        `query ($id: ID!, $after: String) {
          architecture(id: $id) { trainings(first: 2, after: $after) { ${page} } }
        }`,
        { id: otherId, after },
      );
      return architecture.trainings;
    };
    for (let after: string | null = null, isMore = true; isMore;) {
      const { totalCount, pageInfo, edges } = await pageAfter(after);
      expect(totalCount).toBe(5);
      seen.push(...edges.map(({ node }) => node.id));
      [after, isMore] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(seen).toEqual(ids);

    const { trainings } = await server.read(
      z.object({ trainings: form }),
      `{ trainings(filter: { status: [CANCELLED] }) { ${page} } }`,
    );
    expect(trainings.edges.map(({ node }) => node.id)).toEqual([ids[1]]);
  });
});

interface Message {
  trainingMetrics: { step: number }[];
}

function follow(trainingId: string, after?: number): Subscription<Message> {
  const query = `subscription ($trainingId: ID!, $after: Int) {
    trainingMetrics(trainingId: $trainingId, after: $after) { step loss learningRate }
  }`;
  return new Subscription<Message>(server.port, query, { trainingId, after });
}
const steps = ({ messages }: Subscription<Message>) =>
  messages.flatMap(({ data }) => data?.trainingMetrics.map(({ step }) => step) ?? []);
const oneTo = (last: number, from = 1) =>
  Array.from({ length: last - from + 1 }, (_, index) => from + index);

describe("trainingMetrics", () => {
  test("replays stored points, follows added ones, and ends with the pre-training", async () => {
    const { id } = await pretrain({});
    const claim = await claimed(id);
    await report(claim, 1, 450);
    const readers = [follow(id), follow(id, 440)];
    await readers[0]?.until(() => readers.every((reader) => steps(reader).at(-1) === 450));
    for (let step = 451; step <= 470; step++) await report(claim, step, step);
    await finishPretraining(database, claim, "artifacts/trainings/x");
    for (const reader of readers) expect(await reader.ended()).toBeUndefined();
    expect(readers.map(steps)).toEqual([oneTo(470), oneTo(470, 441)]);
    const late = follow(id, 460);
    expect(await late.ended()).toBeUndefined();
    expect(steps(late)).toEqual(oneTo(470, 461));
  });

  test("sends each point once although a second worker reports the curve again after a kill", async () => {
    const { id } = await pretrain({});
    await report(await claimed(id), 1, 10);
    const reader = follow(id);
    await reader.until(() => steps(reader).length === 10);
    const second = await claimed(id);
    await report(second, 1, 14);
    await report(second, 15, 20);
    await cancelPretraining(database, id);
    await reader.ended();
    expect(steps(reader)).toEqual(oneTo(20));
  });

  test("misses no point that is stored while the notification connection is lost", async () => {
    const { id } = await pretrain({});
    const claim = await claimed(id);
    await report(claim, 1, 1);
    const reader = follow(id);
    await reader.until(() => steps(reader).length === 1);
    await database.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'opnas-listener' AND datname = current_database()`;
    await report(claim, 2, 5);
    await reader.until(() => steps(reader).length === 5);
    await reader.leave();
    expect(steps(reader)).toEqual(oneTo(5));
  });

  test("refuses a pre-training that does not exist, and leaves no listener behind", async () => {
    const reader = follow("0199b1f0-0000-7000-8000-00000000dead");
    await reader.ended();
    expect(reader.messages[0]?.errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
    await eventually(() => notifications.listenerCount === listeners);
  });
});
