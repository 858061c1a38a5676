/** The explorer of the API in a real browser, on a real API and Postgres. */
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";
import { startCommandLine } from "../support/commandLine.js";

const { api, run, stop } = await startCommandLine(await testDatabase());
const browser = await openBrowser();
afterAll(async () => {
  await browser.close();
  await stop();
});

test("the explorer follows a subscription, and asks no other host", async () => {
  const words = ["search", "start", "--preset", "smoke", "--seed", "3", "--detach"];
  const id = (await run(words)).stdout.trim();
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) faults.push(message.text());
  });
  const { origin } = new URL(api);
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") faults.push(url.href);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.url().endsWith("/favicon.ico")) {
      faults.push(`${String(response.status())} ${response.url()}`);
    }
  });
  await page.goto(api);
  const editor = page.locator(".graphiql-query-editor .CodeMirror").first();
  await editor.click();
  await page.keyboard.press("Control+A");
  // As one insertion: the editor closes brackets that are typed one by one.
  await page.keyboard.insertText(
    `subscription { searchEvents(runId: "${id}", after: 0) { seq kind } }`,
  );
  // The editor reads what is written a little later: before that it takes it for a query.
  await page.waitForTimeout(1_000);
  await page.getByRole("button", { name: /execute query/i }).click();
  const result = page.locator(".result-window");
  await result.getByText("run.created").waitFor();
  await run(["pause", id]);
  await result.getByText("run.status").waitFor();
  expect(faults).toEqual([]);
  await page.close();
}, 90_000);
