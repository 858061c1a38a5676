/** Carries a run out of the portal and into it again, and looks at models from outside, in a browser. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { bertLayer, withDepth } from "@opnas/core";
import { createClient, defaultTeamId, storeModel } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectCount, openWatched } from "../support/accountPage.js";
import { createArchitecture } from "../support/architecture.js";
import { openBrowser } from "../support/browser.js";
import { expectToFitPhone } from "../support/phone.js";
import { Portal } from "../support/portal.js";

const databaseUrl = await testDatabase();
const db = createClient(databaseUrl);
let portal: Portal;
let browser: Browser;
const errors: string[] = [];

beforeAll(async () => {
  portal = await Portal.start(databaseUrl, "local");
  browser = await openBrowser();
}, 240_000);
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await db.$disconnect();
  expect(errors).toEqual([]);
});

const open = (place: string) => openWatched(browser, `${portal.url}${place}`, errors);

/** Sends a file by the form on the page of runs; returns what the form says then. */
async function imported(page: Page, file: string, said: RegExp): Promise<void> {
  const form = page.getByTestId("import-form");
  await form.getByLabel("Archive").setInputFiles(file);
  await form.getByRole("button", { name: "Import" }).click();
  await form.getByText(said).waitFor();
}

test("a run leaves the portal as one file and comes in again, and clashes are told", async () => {
  const architectureId = await createArchitecture(
    db,
    withDepth({ version: 1, layers: [bertLayer] }, 2),
  );
  const { runId } = await db.architecture.findUniqueOrThrow({ where: { id: architectureId } });
  const page = await open(`/runs/${runId}`);
  await page.getByTestId("download-archive").click();
  const offer = page.getByTestId("archive-offer");
  await offer.getByText("1 architecture with scores").waitFor();
  await expectToFitPhone(page, "run with its archive offered");
  const link = offer.getByTestId("archive-link");
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe(`opnas-run-${runId}.opnas`);
  const file = path.join(portal.folder, "run.opnas");
  await download.saveAs(file);

  await page.goto(`${portal.url}/runs`);
  await page.getByTestId("import-archive").click();
  await db.searchRun.update({ where: { id: runId }, data: { note: "changed since" } });
  await imported(page, file, /is here already and differs from the archive in run\.json/);
  await db.searchRun.delete({ where: { id: runId } });
  await imported(page, file, /a run was imported: 1 architecture/);
  await expectToFitPhone(page, "runs with an archive imported");
  await imported(page, file, /a run is here already, as the file has it/);
  const broken = path.join(portal.folder, "broken.opnas");
  await writeFile(broken, "no archive at all");
  await imported(page, broken, /The archive cannot be used: it is no whole archive/);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "a run" }).first().click();
  await page.waitForURL(`**/runs/${runId}`);
  await page.close();
}, 240_000);

/** The results of a BERT, a row of them for each task of GLUE. */
const glue = (
  values: readonly (readonly [task: string, set: string | null, metric: string, value: number])[],
) => values.map(([task, set, metric, value]) => ({ benchmark: "GLUE", task, set, metric, value }));

/** Stores models from outside: with many results, with some, and with none and a long name. */
async function storeModels(): Promise<void> {
  const size = { vocabulary: 30_522, length: 512, rawKernels: false };
  const models = [
    {
      name: "bert-base-uncased",
      size: { ...size, layers: 12, hidden: 768, heads: 12 },
      results: glue([
        ["CoLA", null, "matthews", 56.3],
        ["MNLI", "matched", "accuracy", 84.6],
        ["MNLI", "mismatched", "accuracy", 83.4],
        ["MRPC", null, "F1", 88.9],
        ["QQP", null, "F1", 71.2],
        ["STS-B", null, "spearman", 85.8],
        ["average", null, "mean", 79.6],
      ]),
    },
    {
      name: "bert-tiny",
      size: { ...size, layers: 2, hidden: 128, heads: 2 },
      results: glue([["RTE", null, "accuracy", 60.3]]),
    },
    {
      name: `a-model-of-somebody-else/with-${"a-very-long-".repeat(5)}name`,
      size: { ...size, layers: 4, hidden: 256, heads: 4 },
      results: [],
    },
  ];
  for (const [index, { name, size: of, results }] of models.entries()) {
    const json = withDepth({ version: 1, layers: [bertLayer] }, of.layers);
    const checksum = String(index).repeat(64);
    await storeModel(db, { teamId: defaultTeamId, name, checksum, json, size: of, results });
  }
}

test("models from outside are listed with their results, on every width of screen", async () => {
  await storeModels();
  const page = await open("/");
  const panel = page.getByTestId("reference-models");
  const rows = panel.getByTestId("reference-model");
  await expectCount(rows, 3);
  const base = rows.filter({ hasText: "bert-base-uncased" });
  await base.getByText("12 layers × 768, 12 heads").waitFor();
  for (const said of ["GLUE MNLI matched accuracy", "GLUE STS-B spearman"]) {
    await base.getByText(said).waitFor();
  }
  await rows.filter({ hasText: "somebody-else" }).getByText("none yet").waitFor();
  for (const width of [1400, 1920]) {
    await page.setViewportSize({ width, height: 1000 });
    const fits = () =>
      page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    await expect.poll(fits, { timeout: 5_000 }).toBe(true);
  }
  await expectToFitPhone(page, "leaderboard with reference models");
  await page.close();
}, 240_000);
