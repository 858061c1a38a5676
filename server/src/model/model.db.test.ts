import { bertLayer, flops, parameterCount, withDepth } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, keyOf, testAccount } from "../testing/accounts.js";
import { type Answer, testServer } from "../testing/client.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
const local = await testServer(await testDatabase());
afterAll(async () => {
  await server.stop();
  await local.stop();
});

const admin = await testAccount(server, "admin", "ADMIN");
const ann = await testAccount(server, "ann", "RESEARCHER");
const eve = await testAccount(server, "eve", "VIEWER", ann.teamId);
const bob = await testAccount(server, "bob", "RESEARCHER");

const fields = `id name checksum layers hidden heads vocabulary length params flops teamId
  results { benchmark task set metric value }`;
const importing = `mutation ($input: ImportModelInput!) { importModel(input: $input) { ${fields} } }`;
const removing = "mutation ($id: ID!) { deleteModel(id: $id) }";

const architecture = withDepth({ version: 1, layers: [bertLayer] }, 24);
const size = { layers: 24, hidden: 64, heads: 4, vocabulary: 300, length: 32, rawKernels: false };
const cola = { benchmark: "GLUE", task: "CoLA", set: null, metric: "matthews", value: 52.1 };
const mnli = (set: string, value: number) => {
  return { benchmark: "GLUE", task: "MNLI", set, metric: "accuracy", value };
};
const model = {
  name: "BERT large",
  checksum: "ab".repeat(32),
  architecture,
  size,
  results: [cola, mnli("matched", 84.6), mnli("mismatched", 83.4)],
};

const rowForm = z.looseObject({ id: z.string(), results: z.array(z.unknown()) });
const ask = (key: string, query: string, variables?: Record<string, unknown>) =>
  askWith(server, bearer(key), query, variables);
const add = async (key: string, input: Record<string, unknown>) => {
  const { data } = await ask(key, importing, { input });
  return z.object({ importModel: rowForm }).parse(data).importModel;
};
const listed = async (key: string) => {
  const { data } = await ask(key, `{ models { ${fields} } }`);
  return z.object({ models: z.array(rowForm) }).parse(data).models;
};
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code ?? "OK";

test("a trained model is listed with its size, its costs and its results", async () => {
  const made = await add(ann.key, model);
  expect(made).toEqual({
    id: made.id,
    name: model.name,
    checksum: model.checksum,
    layers: 24,
    hidden: 64,
    heads: 4,
    vocabulary: 300,
    length: 32,
    params: parameterCount(architecture, size),
    flops: flops(architecture, size),
    teamId: ann.teamId,
    results: model.results,
  });
  expect(await listed(eve.key)).toEqual([made]);
});

test("the same weights again replace the results of their tasks, and keep the others", async () => {
  const [first] = await listed(ann.key);
  const squad = { benchmark: "SQuAD", task: "v1.1", set: null, metric: "f1", value: 90.9 };
  const newer = [mnli("matched", 86.7), squad];
  const again = await add(ann.key, { ...model, name: "BERT", results: newer });
  expect(again).toEqual({ ...first, name: "BERT", results: [cola, ...newer] });
  expect(await add(ann.key, { ...model, name: "BERT", results: null })).toEqual(again);
  expect(await listed(ann.key)).toEqual([again]);
});

test("a model is its team's, and changed by those who may", async () => {
  const { id } = await add(ann.key, { ...model, checksum: "cd".repeat(32) });
  expect(await listed(bob.key)).toEqual([]);
  expect(codeOf(await ask(bob.key, removing, { id }))).toBe("NOT_FOUND");
  expect(codeOf(await ask(eve.key, removing, { id }))).toBe("FORBIDDEN");
  expect(codeOf(await ask(eve.key, importing, { input: model }))).toBe("FORBIDDEN");
  const foreign = { ...model, teamId: ann.teamId };
  expect(codeOf(await ask(bob.key, importing, { input: foreign }))).toBe("BAD_INPUT");
  const reading = await keyOf(server.services, ann.id, ["READ"]);
  expect(codeOf(await ask(reading, removing, { id }))).toBe("FORBIDDEN");
  expect((await listed(admin.key)).length).toBe(2);
  expect(codeOf(await ask(ann.key, removing, { id }))).toBe("OK");
  expect(codeOf(await ask(ann.key, removing, { id }))).toBe("NOT_FOUND");
  expect((await listed(ann.key)).length).toBe(1);
});

test("what is no model is refused", async () => {
  const bad: [string, Record<string, unknown>][] = [
    ["BAD_INPUT", { name: "" }],
    ["BAD_INPUT", { name: "a\u001b[2J" }],
    ["BAD_INPUT", { checksum: "ab" }],
    ["BAD_INPUT", { size: { ...size, heads: 3 } }],
    ["BAD_INPUT", { size: { ...size, layers: 12 } }],
    ["BAD_INPUT", { size: Array.from({ length: 2_000 }, () => 1) }],
    ["BAD_INPUT", { results: [{ ...cola, task: "" }] }],
    ["BAD_INPUT", { results: Array.from({ length: 201 }, () => cola) }],
    ["BAD_ARCHITECTURE", { architecture: { version: 1, layers: [{ kind: "lstm" }] } }],
    ["BAD_INPUT", { architecture: Array.from({ length: 30_000 }, () => 1) }],
  ];
  for (const [code, change] of bad) {
    const answer = await ask(bob.key, importing, { input: { ...model, ...change } });
    expect({ change, code: codeOf(answer) }).toEqual({ change, code });
  }
  expect(await listed(bob.key)).toEqual([]);
});

test("a team has 200 models at most, and they go with it", async () => {
  const { database } = server.services;
  const dan = await testAccount(server, "dan", "RESEARCHER");
  const row = { name: "x", json: {}, size, params: 1, flops: 1, results: [], teamId: dan.teamId };
  await database.referenceModel.createMany({
    data: Array.from({ length: 200 }, (_, index) => ({ ...row, checksum: String(index) })),
  });
  expect(codeOf(await ask(dan.key, importing, { input: model }))).toBe("BAD_INPUT");
  await database.team.delete({ where: { id: dan.teamId } });
  expect(await database.referenceModel.count({ where: { teamId: dan.teamId } })).toBe(0);
});

test("the machine's owner has models without an account", async () => {
  expect(codeOf(await local.ask(importing, { input: model }))).toBe("OK");
  const { data } = await local.ask("{ models { name } }");
  expect(data).toEqual({ models: [{ name: "BERT large" }] });
});
