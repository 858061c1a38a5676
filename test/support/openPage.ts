import type { Browser, Page } from "playwright-core";
import { phone } from "./phone.js";
import type { Platform } from "./platform.js";

/** Options of a page that is opened. */
export interface Opened {
  /** The size of the window, in CSS pixels. */
  size?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  /** Takes the sentences of errors that nothing caught. */
  errors?: string[];
}

/** The size of a laptop's window, in CSS pixels. */
const laptop = { width: 1280, height: 900 };

/** Opens a page of the portal in a window of its own. */
export async function openPage(
  browser: Browser,
  platform: Platform,
  path: string,
  { size = laptop, colorScheme = "light", errors = [] }: Opened = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: size, colorScheme, hasTouch: size === phone });
  page.setDefaultTimeout(120_000);
  page.on("pageerror", (error) => errors.push(`${path}: ${error.message}`));
  await page.goto(`${platform.portal}${path}`);
  return page;
}
