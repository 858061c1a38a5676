import { randomUUID } from "node:crypto";
import { claimReproduction, finishReproduction, queues } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, queue } = server.services;
const driver = new SearchDriver(server.services);
await driver.signIn();

const mutation = `mutation ($id: ID!) { reproduce(architectureId: $id) { id status } }`;
const form = z.object({ reproduce: z.object({ id: z.uuid(), status: z.literal("QUEUED") }) });
const codeOf = async (id: string) => {
  const { errors } = await server.ask(mutation, { id });
  return errors?.[0]?.extensions["code"];
};

test("a reproduction is asked for once, followed to its end and compared with the stored result", async () => {
  const run = await driver.startedRun();
  const [architectureId = "", open = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, architectureId, 51.5);
  const { id } = (await server.read(form, mutation, { id: architectureId })).reproduce;
  expect((await server.read(form, mutation, { id: architectureId })).reproduce.id).toBe(id);
  const jobs = await queue.findJobs(queues.trainer, { queued: true });
  expect(jobs.map(({ data }) => data)).toContainEqual({ kind: "reproduce", reproductionId: id });
  expect(await codeOf(open)).toBe("WRONG_STATE");
  expect(await codeOf(randomUUID())).toBe("NOT_FOUND");
  expect(await codeOf("nonsense")).toBe("NOT_FOUND");

  const fields = `id status engine architecture { name } error { code }
    comparison { isEqual score differences { name stored again } causes }`;
  const followed = new Subscription<{ reproductionChanged: { status: string } }>(
    server.port,
    `subscription ($id: ID!) { reproductionChanged(id: $id) { ${fields} } }`,
    { id },
  );
  await followed.until((messages) => messages.length >= 1);
  const claim = await claimReproduction(database, id, "wasm 4.22.0 on a processor");
  if (claim === null) throw new Error("It could not be claimed.");
  const stored = await database.evaluation.findFirstOrThrow({ where: { architectureId } });
  await finishReproduction(database, claim, {
    score: 51.5,
    stability: "STABLE",
    heldOutLoss: stored.heldOutLoss,
    heldOutAccuracy: 0.25,
    stepSeconds: null,
    stepRatio: null,
    tokenUniformity: [0.25, 0.5, 0.75],
    taskScores: [],
    timings: { trainSeconds: 0, fineTuneSeconds: 0, scoreSeconds: 0 },
  });
  expect(await followed.ended()).toBeUndefined();
  expect(followed.messages.at(-1)?.data?.reproductionChanged).toMatchObject({
    id,
    status: "DONE",
    engine: "wasm 4.22.0 on a processor",
    error: null,
    comparison: {
      isEqual: false,
      score: 51.5,
      differences: [
        { name: "heldOutAccuracy", stored: "0.125", again: "0.25" },
        { name: "taskScores.mlm.task", stored: '"mlm"', again: "null" },
        { name: "taskScores.mlm.title" },
        { name: "taskScores.mlm.kind" },
        { name: "taskScores.mlm.metric" },
        { name: "taskScores.mlm.score", stored: "51.5", again: "null" },
        { name: "taskScores.mlm.majority" },
        { name: "taskScores.mlm.ngram" },
      ],
    },
  });
  const again = (await server.read(form, mutation, { id: architectureId })).reproduce.id;
  expect(again).not.toBe(id);
  const query = "query ($id: ID!) { node(id: $id) { __typename id } reproduction(id: $id) { id } }";
  expect((await server.ask(query, { id })).data).toEqual({
    node: { __typename: "Reproduction", id },
    reproduction: { id },
  });
  await followed.leave();
});

test("what a program outside of the platform scored, or what is deleted, is not reproduced", async () => {
  const outside = await driver.startedRun({ evaluator: "external" }, 8);
  const [scored = ""] = await driver.propose(outside, 0);
  await driver.evaluate(outside.id, scored, 40);
  expect(await codeOf(scored)).toBe("WRONG_STATE");
  const run = await driver.startedRun({}, 9);
  const [architectureId = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, architectureId, 40);
  const { id } = (await server.read(form, mutation, { id: architectureId })).reproduce;
  await database.searchRun.update({ where: { id: run.id }, data: { deletedAt: new Date() } });
  expect(await codeOf(architectureId)).toBe("WRONG_STATE");
  const query = "query ($id: ID!) { reproduction(id: $id) { id } }";
  const { errors } = await server.ask(query, { id });
  expect(errors?.[0]?.extensions["code"]).toBe("NOT_FOUND");
});
