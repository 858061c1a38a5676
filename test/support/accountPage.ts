import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Opens an address in a browser window of its own, whose errors and breaks of its policy go into `errors`. */
export async function openWatched(browser: Browser, url: string, errors: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(30_000);
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) errors.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Fills in the page for signing in, and waits until it has gone. */
export async function signIn(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Waits until there are so many rows. */
export async function expectCount(rows: Locator, count: number): Promise<void> {
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(count);
}
