import "reflect-metadata";
import { readFile } from "node:fs/promises";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { leaderboardFields } from "../leaderboard/filterFields.js";
import { runFields } from "../run/filterFields.js";
import { testServer } from "../testing/client.js";
import { fieldTable } from "./page.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const page = await readFile(new URL("../../../docs/filter-language.md", import.meta.url), "utf8");

/** Returns the lines of all blocks of the page in this language. */
function examples(language: string): string[] {
  const blocks = [...page.matchAll(/```(.*)\n([^`]*)```/g)];
  return blocks.flatMap(([, written, text = ""]) =>
    written === language ? text.trim().split("\n") : [],
  );
}

test.each([
  ["filter", "leaderboard", "LeaderboardFilter"],
  ["filter of runs", "searchRuns", "RunFilter"],
])("every example of a %s on the page runs", async (language, list, type) => {
  const found = examples(language);
  expect(found.length).toBeGreaterThan(4);
  for (const query of found) {
    const { errors } = await server.ask(
      `query ($filter: ${type}) { ${list}(filter: $filter) { totalCount edges { node { id } } } }`,
      { filter: { query } },
    );
    expect({ query, errors }).toEqual({ query, errors: undefined });
  }
});

test("the page's example of an error is what the server says", async () => {
  const { errors } = await server.ask(
    "query ($filter: LeaderboardFilter) { leaderboard(filter: $filter) { totalCount } }",
    { filter: { query: "score > 5 and tga = good" } },
  );
  const { message } = errors?.[0] ?? { message: "" };
  expect(page).toContain(JSON.stringify(message));
  expect(errors?.[0]?.extensions).toMatchObject({
    filter: { position: 14, length: 3, nearest: ["tag"] },
  });
});

test.each([
  ["architectures", leaderboardFields],
  ["runs", runFields],
] as const)("the page lists the fields of %s as they are", (rows, fields) => {
  const cells = (table: string) =>
    table
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
  const section = page.split(`## Fields of ${rows}`)[1]?.split("\n## ")[0] ?? "";
  expect(cells(section)).toEqual(cells(fieldTable(fields)));
});
