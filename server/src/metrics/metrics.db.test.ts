import { readFile } from "node:fs/promises";
import { reportWorker } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { SearchDriver } from "../testing/searchDriver.js";
import { eventually, Subscription, testServer } from "../testing/client.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl);
afterAll(() => server.stop());

/** Scrapes the server. @returns the values by series, as Prometheus' text format names them */
async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n").filter((line) => /^[^#]/.test(line));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

test("a scrape tells what a run has done, what waits and who works", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const [first = "", second = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, first, 50);
  await driver.evaluate(run.id, second, 60);
  const found = await scrape();
  expect(Object.fromEntries(found)).toMatchObject({
    opnas_database_up: 1,
    'opnas_runs{status="RUNNING"}': 1,
    'opnas_runs{status="DONE"}': 0,
    'opnas_workers{status="busy"}': 1,
    'opnas_worker_slots{status="busy"}': 1,
    'opnas_candidates{result="evaluated"}': 2,
    'opnas_candidates{result="failed"}': 0,
    opnas_evaluations_total: 2,
    'opnas_evaluation_seconds_total{part="train"}': 3,
    'opnas_evaluation_seconds_total{part="fineTune"}': 5,
    'opnas_evaluation_seconds_total{part="score"}': 1,
    'opnas_evaluation_seconds_total{part="overhead"}': 0.5,
    'opnas_jobs{queue="train",kind="superNet",state="waiting"}': 1,
    'opnas_jobs{queue="train",kind="pretrain",state="waiting"}': 0,
  });
  expect(found.get('opnas_jobs{queue="train",kind="evaluate",state="waiting"}')).toBeGreaterThan(1);
  expect(
    found.get('opnas_oldest_waiting_job_seconds{queue="train",kind="superNet"}'),
  ).toBeGreaterThan(0);
  expect(found.has("nodejs_eventloop_lag_seconds")).toBe(true);
  expect((await scrape()).get("opnas_evaluations_total")).toBe(2);
});

test("each worker has series of its own, and those behind the first hundred are summed", async () => {
  const kind = { done: 7, returned: 1, waitSeconds: 2.5, workSeconds: 70 };
  const report = (index: number, name: string) =>
    reportWorker(server.services.database, {
      id: `0199b1f0-0000-7000-8000-${String(1_000 + index).padStart(12, "0")}`,
      name,
      engine: "wasm",
      engineReasons: [],
      threads: 1,
      slots: 4,
      status: "busy",
      currentJobs: ["candidate a", "super-net"],
      usage: {
        cpuShare: 1.5,
        memoryBytes: 5e8,
        cores: 2,
        hostMemoryBytes: 16e9,
        hostMemoryFreeBytes: 8e9,
        gpus: [
          { index: 0, name: "L4", utilisation: 0.9, memoryUsedBytes: 1e9, memoryBytes: 24e9 },
          { index: 1, name: "L4", utilisation: null, memoryUsedBytes: 2e9, memoryBytes: 24e9 },
        ],
      },
      work: { kinds: { evaluate: kind }, tokensPerSecond: 1_200 },
    });
  await report(0, "a first");
  const found = await scrape();
  expect(Object.fromEntries(found)).toMatchObject({
    'opnas_worker_trainers{worker="a first",state="busy"}': 2,
    'opnas_worker_trainers{worker="a first",state="free"}': 2,
    'opnas_worker_cpu_cores{worker="a first"}': 1.5,
    'opnas_worker_memory_bytes{worker="a first"}': 5e8,
    'opnas_worker_gpu_share{worker="a first"}': 0.9,
    'opnas_worker_gpu_memory_bytes{worker="a first"}': 3e9,
    'opnas_worker_tokens_per_second{worker="a first"}': 1_200,
    'opnas_worker_jobs_total{worker="a first",kind="evaluate",end="done"}': 7,
    'opnas_worker_jobs_total{worker="a first",kind="evaluate",end="returned"}': 1,
    'opnas_worker_queue_wait_seconds_total{worker="a first",kind="evaluate"}': 2.5,
    'opnas_worker_work_seconds_total{worker="a first",kind="evaluate"}': 70,
  });

  await Promise.all(
    Array.from({ length: 120 }, (_, index) =>
      report(index + 1, `b ${String(index).padStart(3, "0")}`),
    ),
  );
  const many = await scrape();
  const names = [...many.keys()].filter((series) => series.startsWith("opnas_worker_cpu_cores"));
  expect(names).toHaveLength(101);
  const jobs = [...many].filter(([series]) => /^opnas_worker_jobs_total.*"done"/.test(series));
  expect(jobs.reduce((sum, [, value]) => sum + value, 0)).toBe(7 * 121);
  const series = 'opnas_worker_trainers{worker="other",state="busy"}';
  expect(many.get(series)).toBeGreaterThanOrEqual(2 * 21);
});

test("operations are counted by the schema's field, not by a client's own name", async () => {
  await server.ask("query Mine { presets { name } }");
  await server.ask("query Other { presets { name } tasks { name } }");
  await server.ask("{ nonsense }");
  const counts = [...(await scrape())].filter(([series]) =>
    series.startsWith("opnas_graphql_operation_seconds_count"),
  );
  expect(Object.fromEntries(counts)).toEqual({
    'opnas_graphql_operation_seconds_count{type="query",field="presets",outcome="ok"}': 1,
    'opnas_graphql_operation_seconds_count{type="query",field="several",outcome="ok"}': 1,
    'opnas_graphql_operation_seconds_count{type="none",field="refused",outcome="error"}': 1,
  });
});

test("connections, subscriptions and what they are sent are counted", async () => {
  const driver = new SearchDriver(server.services);
  const run = await driver.startedRun({}, 8);
  const query = `subscription { searchEvents(runId: "${run.id}") { seq } }`;
  const subscription = new Subscription(server.port, query);
  await subscription.until((messages) => messages.length > 0);
  const found = await scrape();
  expect(found.get("opnas_websocket_connections")).toBe(1);
  expect(found.get("opnas_subscriptions")).toBe(1);
  await subscription.leave();
  await eventually(async () => (await scrape()).get("opnas_websocket_connections") === 0);
  const after = await scrape();
  expect(after.get("opnas_subscriptions")).toBe(0);
  expect(
    after.get('opnas_subscription_messages_total{field="searchEvents"}'),
  ).toBeGreaterThanOrEqual(subscription.messages.length);
});

test("every metric of ours has a line in the documents, and the documents name no other", async () => {
  const page = await readFile(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const helps = [...(await response.text()).matchAll(/^# HELP (opnas_\w+) (.+)$/gm)];
  const rows = [...page.matchAll(/^\| `(opnas_\w+)` +\| (.+?) +\|$/gm)];
  const pairs = (found: RegExpMatchArray[]) =>
    found.map(([, name = "", meaning = ""]) => `${name}: ${meaning}`).sort();
  expect(pairs(rows)).toEqual(pairs(helps));
});

test("a database that has ended does not break a scrape", async () => {
  const name = new URL(databaseUrl).pathname.slice(1);
  const admin = new pg.Client({ connectionString: new URL("/postgres", databaseUrl).href });
  await admin.connect();
  try {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
      name,
    ]);
    await eventually(async () => (await scrape()).get("opnas_database_up") === 0);
    const found = await scrape();
    expect([...found.keys()].filter((series) => series.startsWith("opnas_runs"))).toEqual([]);
    expect(found.has("nodejs_eventloop_lag_seconds")).toBe(true);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await eventually(async () => (await scrape()).get("opnas_database_up") === 1);
    expect((await scrape()).get("opnas_evaluations_total")).toBe(2);
  } finally {
    await admin.end();
  }
});
