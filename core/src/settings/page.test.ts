import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settingsPage } from "./page.js";

test("docs/settings.md is what `npm run settings:docs -w core` writes", () => {
  const page = readFileSync(new URL("../../../docs/settings.md", import.meta.url), "utf8");
  expect(page).toBe(settingsPage());
});
