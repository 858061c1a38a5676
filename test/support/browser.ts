import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Starts a real Chromium, headless: `CHROMIUM_PATH`, or one in the usual places, with further flags if there are any.
 * @throws Error when there is none
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? places.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw new Error("No Chromium found. Install the package chromium, or set CHROMIUM_PATH.");
  }
  return chromium.launch({
    executablePath,
    // Chromium refuses its sandbox to root; the other flags keep it from calling its maker.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}
