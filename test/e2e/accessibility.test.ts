/** Tests every page of the portal with axe: in both themes, on a laptop and on a phone. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "../support/accountPage.js";
import { openBrowser } from "../support/browser.js";
import { phone } from "../support/phone.js";
import { Platform } from "../support/platform.js";

/** The rules of WCAG 2.1 up to level AA, and axe's own. */
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const sizes = [{ width: 1400, height: 900 }, phone];
const themes = ["light", "dark"] as const;
const missing = "00000000-0000-4000-8000-000000000000";

let platform: Platform;
let browser: Browser;
/** A window of an administrator who has signed in. */
let page: Page;
let run: string;
let architecture: string;
let invitation: string;

beforeAll(async () => {
  const secret = "a secret of these tests, of 32 characters or more";
  platform = await Platform.create({ OPNAS_AUTH: "accounts", OPNAS_AUTH_SECRET: secret });
  browser = await openBrowser();
  await platform.start("smoke");
  const admin = ["user", "create", "--admin", "--email", "ada@example.org"];
  const password = (await platform.opnas(admin)).trim();
  invitation = (await platform.opnas(["user", "invite", "bob@example.org"])).trim();
  await platform.opnas(["key", "create", "a key", "--user", "ada@example.org"]);

  page = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(`${platform.portal}/sign-in?next=/runs`);
  await signIn(page, "ada@example.org", password);
  run = (await page.getByTestId("run-row").getByRole("link").first().getAttribute("href")) ?? "";
  await page.goto(`${platform.portal}${run}`);
  await page.getByTestId("run-status").filter({ hasText: /done/i }).waitFor();
  await page.getByTestId("candidates").getByTestId("leaderboard-row").first().waitFor();
  const row = page.getByTestId("candidates").getByTestId("leaderboard-row").last();
  architecture = `/architectures/${(await row.getAttribute("data-architecture-id")) ?? ""}`;
});
afterAll(async () => {
  await browser.close();
  await platform.dispose();
});

/** Opens a page of the portal and waits until it shows what it is for. */
async function open(path: string, shown: string | RegExp): Promise<void> {
  await page.goto(`${platform.portal}${path}`);
  const place = typeof shown === "string" ? page.getByTestId(shown) : page.getByText(shown);
  await place.first().waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
}

/** Expects no finding of axe, in each theme and at each width. */
async function expectAccessible(state: string, of = page): Promise<void> {
  const findings: string[] = [];
  for (const size of sizes) {
    for (const theme of themes) {
      await of.setViewportSize(size);
      await of.emulateMedia({ colorScheme: theme });
      await of.locator(`html.${theme}`).waitFor();
      const { violations } = await new AxeBuilder({ page: of }).withTags(rules).analyze();
      const places = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary = "" }) => `${id}: ${html} ${failureSummary}`),
      );
      findings.push(...places.map((place) => `${theme}, ${String(size.width)}: ${place}`));
    }
  }
  expect(findings, state).toEqual([]);
}

test.each([
  ["/", "leaderboard-row"],
  ["/?q=matches-nothing", /No candidate matches/],
  ["/?where=scor%20%3E%2055", "filter-fault"],
  ["/?references=only", "leaderboard-row"],
  ["/runs", "run-row"],
  ["/runs/new", "start-form"],
  [`/runs/${missing}`, /There is no such run/],
  [`/architectures/${missing}`, /There is no such architecture/],
  ["/settings", "name-form"],
  ["/settings/keys", "key"],
  ["/settings/teams", "team"],
  ["/settings/users", "user"],
  ["/settings/webhooks", "webhook-form"],
  ["/settings/audit", "audit-entry"],
  ["/nothing", /There is no such page/],
])("axe finds nothing on %s", async (path, shown) => {
  await open(path, shown);
  await expectAccessible(path);
});

test("axe finds nothing on a finished run", async () => {
  await open(run, "generation");
  for (const panel of ["generation-chart", "priorities", "kernels", "candidates"]) {
    await page.getByTestId(panel).scrollIntoViewIfNeeded();
  }
  await page.getByTestId("kernels").locator("svg.recharts-surface").waitFor();
  await expectAccessible("a finished run");
});

test("axe finds nothing on an architecture with a pre-training, drawings and formulas", async () => {
  const id = architecture.split("/").at(-1) ?? "";
  const size = ["--layers", "2", "--hidden", "16", "--heads", "2", "--steps", "20"];
  await platform.opnas(["pretrain", id, ...size]);
  await open(architecture, "uniformity-layer");
  await page.getByTestId("pretraining").first().scrollIntoViewIfNeeded();
  await page.getByTestId("pretraining-loss").first().locator("svg").waitFor();
  await expectAccessible("an architecture");
});

test("axe finds nothing in menus, dialogs, opened sections and the faults of forms", async () => {
  await open("/", "leaderboard-row");
  await page.getByTestId("view-menu").click();
  await page.getByTestId("save-view").getByLabel("Save this view as").fill("a view");
  await page.getByTestId("save-view").getByRole("button").click();
  await page.getByTestId("saved-view").waitFor();
  await expectAccessible("the menu of views");
  await page.keyboard.press("Escape");
  await page.getByTestId("filter-help").click();
  await page.getByRole("dialog").waitFor();
  await expectAccessible("the help on filters");
  await page.keyboard.press("Escape");
  await page.getByTestId("filter-box").fill("sc");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await expectAccessible("a filter being typed");

  await open("/runs/new", "start-form");
  await page.getByText("Advanced settings").click();
  await page.getByLabel(/^Seed/).fill("many");
  await expectAccessible("a form with a fault");

  await open("/settings/webhooks", "webhook-form");
  await page.getByLabel("Address").fill("http://127.0.0.1:9/hook");
  await page.getByTestId("webhook-form").getByRole("button").click();
  await page.getByTestId("test-webhook").click();
  await page.getByTestId("test-outcome").waitFor();
  await page.getByTestId("show-deliveries").click();
  await page.getByTestId("delivery").first().waitFor();
  await expectAccessible("a webhook with a log");
  await page.getByTestId("delete-webhook").click();
  await page.getByRole("alertdialog").waitFor();
  await expectAccessible("a dialog");
});

test("axe finds nothing on the pages for signing in", async () => {
  const stranger = await browser.newContext({ reducedMotion: "reduce" });
  const outside = await stranger.newPage();
  await outside.goto(`${platform.portal}/sign-in`);
  await outside.getByLabel("E-mail").fill("ada@example.org");
  await outside.getByLabel("Password").fill("a wrong password");
  await outside.getByRole("button", { name: "Sign in" }).click();
  await outside.getByText(/invalid email or password/i).waitFor();
  await expectAccessible("a refused sign-in", outside);
  await outside.goto("about:blank");
  await outside.goto(invitation);
  await outside.getByLabel("Your name").waitFor();
  await expectAccessible("an invitation", outside);
  await stranger.close();
});
