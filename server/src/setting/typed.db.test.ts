import { describeSettings, type SettingDescription } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { getNamedType, isObjectType } from "graphql";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { createSchema } from "../schema.js";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const driver = new SearchDriver(server.services);
const schema = createSchema();

/** Writes the selection of every field of a type. */
function selectionOf(typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type`);
  const fields = Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    return isObjectType(of) ? `${field.name} ${selectionOf(of.name)}` : field.name;
  });
  return `{ ${fields.join(" ")} }`;
}

const member = (value: unknown, name: string) =>
  z.record(z.string(), z.unknown()).parse(value)[name];
const at = (value: unknown, path: string) =>
  path
    .split(".")
    .reduce<unknown>((inner, name) => (inner === null ? null : member(inner, name)), value);

/** Writes a value of a choice as the enum of the schema has it. */
function written(setting: SettingDescription, value: unknown): unknown {
  const name = (each: unknown) => String(each).toUpperCase().replaceAll("-", "_");
  if (setting.choices === null) return value;
  return Array.isArray(value) ? value.map(name) : name(value);
}

test("a run's typed settings are its settings, every one of them", async () => {
  await driver.signIn();
  const run = await driver.startedRun({ strategy: "opnas-paper", tournament: 3 });
  const { searchRun } = await server.read(
    z.object({ searchRun: z.object({ settings: z.unknown(), typedSettings: z.unknown() }) }),
    `query ($id: ID!) {
      searchRun(id: $id) { settings typedSettings ${selectionOf("SearchSettings")} }
    }`,
    { id: run.id },
  );
  const paths = describeSettings("search");
  expect(paths.length).toBeGreaterThan(40);
  for (const setting of paths) {
    const value = written(setting, at(searchRun.settings, setting.path));
    expect([setting.path, at(searchRun.typedSettings, setting.path)]).toEqual([
      setting.path,
      value,
    ]);
  }
});

test("settings of an older version are read with the defaults of what it did not have", async () => {
  const run = await driver.startedRun({}, 8);
  const { references, ...older } = z.record(z.string(), z.unknown()).parse(run.settings);
  expect(references).toBeDefined();
  await server.services.database.$executeRaw`
    UPDATE "SearchRun" SET settings = ${JSON.stringify(older)}::jsonb WHERE id = ${run.id}::uuid`;
  const { data } = await server.ask(
    "query ($id: ID!) { searchRun(id: $id) { typedSettings { references tournament } } }",
    { id: run.id },
  );
  expect(data).toEqual({
    searchRun: { typedSettings: { references: true, tournament: null } },
  });
});

test("presets and pre-trainings have typed settings, too", async () => {
  const { data } = await server.ask(
    "{ presets { name typedSettings { strategy tasks superNet { steps } } } }",
  );
  expect(JSON.stringify(data)).toContain('"strategy":"OPNAS"');
  const run = await driver.startedRun({}, 9);
  const [id = ""] = await driver.propose(run, 0);
  const trained = await server.ask(
    `mutation ($id: ID!) { pretrain(architectureId: $id, input: { seed: 1 }) {
      settings typedSettings ${selectionOf("PretrainSettings")}
    } }`,
    { id },
  );
  const form = z.object({
    pretrain: z.object({ settings: z.unknown(), typedSettings: z.unknown() }),
  });
  const { pretrain } = form.parse(trained.data);
  for (const { path } of describeSettings("pretraining")) {
    expect([path, at(pretrain.typedSettings, path)]).toEqual([path, at(pretrain.settings, path)]);
  }
});
