import type { Page } from "playwright-core";
import { expect } from "vitest";

/** The size of a phone's screen, in CSS pixels. */
export const phone = { width: 390, height: 844 };

/** Expects a page, in the state that it has reached, to be no wider than a phone. */
export async function expectToFitPhone(page: Page, state: string): Promise<void> {
  const size = page.viewportSize();
  await page.setViewportSize(phone);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  // Polled, because charts take on the new width a moment later.
  await expect
    .poll(async () => `${state}: ${String(await width())}`, { timeout: 5_000 })
    .toBe(`${state}: ${String(phone.width)}`);
  if (size) await page.setViewportSize(size);
}
