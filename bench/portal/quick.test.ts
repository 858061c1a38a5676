import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longestQuickRun, quick } from "../common/quickRun.ts";
import { reportSchema } from "./report.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-quick-"));
});
afterAll(() => rm(folder, { recursive: true }));

test(
  "npm run bench:portal -- --quick prints its tables and writes its JSON",
  async () => {
    const file = path.join(folder, "portal.json");
    const printed = await quick("bench:portal", "--json", file);
    const { pages } = reportSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const kinds = pages.map((page) => page.path.replace(/[\da-f]{8}-[\da-f-]{27}$/, "ID"));
    expect(kinds).toEqual(["/", "/runs", "/runs/new", "/runs/ID", "/architectures/ID"]);
    expect(pages.map(({ accessibility }) => accessibility)).toEqual([100, 100, 100, 100, 100]);
    for (const column of ["scriptBytes", "filterP95", "eventToPage"]) {
      expect(printed).toContain(column);
    }
  },
  longestQuickRun,
);
