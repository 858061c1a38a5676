import "reflect-metadata";
import { createClient, Prisma } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { architectureOrder } from "../architecture/page.js";
import { ArchitectureOrderField, LayerKind, PrimitiveOperation } from "../architecture/types.js";
import type { Position } from "../pagination/cursor.js";
import { countRows, type Order, type RowSource } from "../pagination/keyset.js";
import { pageStatements } from "../pagination/statements.js";
import { OrderDirection } from "../pagination/types.js";
import { boardOf } from "./filter.js";
import { ParetoCost, ParetoObjective, readFront } from "./pareto.js";
import type { LeaderboardFilter } from "./types.js";

/** Rows of the store: enough for Postgres to prefer an index where there is one. */
const rows = 30_000;

const database = createClient(await testDatabase(), 2);
afterAll(() => database.$disconnect());

beforeAll(async () => {
  const attention =
    '{"kind": "attention", "graph": {"nodes": [{"op": "softmax"}, {"op": "matmul"}]}}';
  const rare = '{"kind": "attention", "graph": {"nodes": [{"op": "euclidean"}]}}';
  await database.$executeRaw`
    INSERT INTO "SearchRun" (id, name, seed, preset, strategy, settings)
    SELECT gen_random_uuid(), 'run ' || n, n, CASE WHEN n = 7 THEN 'rare' ELSE 'tiny' END, 'opnas', '{}'
      FROM generate_series(1, 30) AS n`;
  await database.$executeRaw`
    INSERT INTO "Generation" (id, "runId", index, size) SELECT gen_random_uuid(), id, 0, 1 FROM "SearchRun"`;
  await database.$executeRaw`ALTER TABLE "Architecture" DISABLE TRIGGER "Architecture_features"`;
  await database.$executeRaw`
    INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, features, params,
                                flops, "stepRatio", score, stability, "createdAt", reference)
    SELECT gen_random_uuid(), "runId", id, place, md5(id::text || place), 'calm-dove-' || place, '{}',
           CASE WHEN place = 500 THEN ARRAY['kind:attention', 'operation:euclidean']
                ELSE ARRAY['kind:conv', 'kernel:3'] END,
           1e6 * random(), 1e9 * random(), CASE WHEN place % 10 > 0 THEN random() END, 100 * random(), 'STABLE',
           now() - place * interval '1 h', CASE WHEN place % 250 = 0 THEN 'reference ' || place END
      FROM "Generation", generate_series(1, ${rows / 30}::int) AS place`;
  await database.$executeRaw`ALTER TABLE "Architecture" ENABLE TRIGGER "Architecture_features"`;
  await database.$executeRaw`
    INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, params, flops, score)
    SELECT gen_random_uuid(), "runId", id, 0, 'made by the trigger', 'n',
           jsonb_build_object('layers', jsonb_build_array(${attention}::jsonb, ${rare}::jsonb,
             '{"kind": "conv", "kernelSize": 31}'::jsonb)), 1, 1, NULL
      FROM "Generation" LIMIT 1`;
  await database.$executeRaw`VACUUM (ANALYZE) "Architecture"`;
}, 60_000);

/** Returns Postgres' plan of a statement. */
async function planOf(statement: Prisma.Sql): Promise<string> {
  const lines = await database.$queryRaw<{ "QUERY PLAN": string }[]>(
    Prisma.sql`EXPLAIN ${statement}`,
  );
  return lines.map((line) => line["QUERY PLAN"]).join("\n");
}

/** Returns the plans of the statements of a page behind a position, or backwards before it. */
async function plansOf(
  source: RowSource,
  order: Order,
  from: Position | null,
  backward: boolean,
): Promise<string[]> {
  const statements = pageStatements(source, order, from, backward).map((make) => make(21));
  return Promise.all(statements.map(planOf));
}

/** Fails for a plan that reads the whole table, or sorts it. */
function expectIndexed(plan: string): void {
  expect(plan).not.toMatch(/Seq Scan on "Architecture"/);
  const sorted = [...plan.matchAll(/^[ >-]*Sort {2}\(cost=\S+ rows=(\d+)/gm)];
  for (const [, size = "0"] of sorted) expect(Number(size)).toBeLessThan(rows / 10);
}

const middle = {
  id: "00000000-0000-4000-8000-000000000000",
  SCORE: 50,
  PARAMS: 5e5,
  FLOPS: 5e8,
  STEP_TIME: 0.5,
};

const orders = Object.values(ArchitectureOrderField).flatMap((field) =>
  Object.values(OrderDirection).map((direction) => ({ field, direction })),
);

const ways = [
  { way: "forwards", backward: false },
  { way: "backwards", backward: true },
];
const waysOfOrders = orders.flatMap((by) => ways.map((each) => ({ ...by, ...each })));

test.each(waysOfOrders)(
  "a page by $field $direction, read $way, begins in an index, also deep in the list",
  async ({ backward, ...by }) => {
    const order = architectureOrder(by, true);
    const value = by.field === ArchitectureOrderField.CREATED_AT ? new Date() : middle[by.field];
    const positions: (Position | null)[] = [null, { id: middle.id, value }];
    if (order.column.nullable) positions.push({ id: middle.id, value: null });
    const { source } = boardOf(null, undefined);
    for (const from of positions) {
      for (const plan of await plansOf(source, order, from, backward)) expectIndexed(plan);
    }
  },
);

const waysOfScores = waysOfOrders.filter(({ field }) => field === ArchitectureOrderField.SCORE);

test.each(waysOfScores)(
  "a run's candidates by score $direction, read $way, come in the index's order, those without a score last",
  async ({ direction, backward }) => {
    const run = await database.searchRun.findFirstOrThrow();
    const source = {
      from: Prisma.sql`"Architecture" a`,
      id: Prisma.sql`a.id`,
      conditions: [Prisma.sql`a."runId" = ${run.id}::uuid AND a.reference IS NULL`],
    };
    const order = architectureOrder({ field: ArchitectureOrderField.SCORE, direction }, false);
    for (const from of [null, { id: middle.id, value: 50 }, { id: middle.id, value: null }]) {
      for (const plan of await plansOf(source, order, from, backward)) {
        expectIndexed(plan);
        expect(plan).not.toMatch(/Bitmap Heap Scan/);
      }
    }
  },
);

const filters: Record<string, LeaderboardFilter> = {
  "a rare name": { search: "calm-dove-77" },
  "a part of a key": { search: "3f2a9c" },
  "a rare preset": { preset: "rare" },
  "a rare operation": { operation: PrimitiveOperation.EUCLIDEAN },
  "a common kind": { kind: LayerKind.CONVOLUTION },
  "a kernel size": { kernelSize: 3 },
  "references only": { references: true },
  "stable ones": { stableOnly: true },
  "a narrow range of parameters": { params: { min: 1e3, max: 2e3 } },
  "a narrow range of FLOPs": { flops: { max: 1e6 } },
  "few scores": { score: { min: 99.9 } },
  "a query of a kernel size": { query: "layer.kernel = 3 and score > 10 and not tag = bad" },
  "a query of a rare preset": { query: "preset = rare and params < 900k" },
  "a query of a rare operation or name": { query: "operation = euclidean or 'calm-dove-77'" },
  "a query of stable references": { query: "reference and stable" },
  "a query of few scores": { query: "score >= 99.9" },
  "an hour": { createdAt: { from: new Date(Date.now() - 3.6e6) } },
};

const waysOfFilters = Object.keys(filters).flatMap((name) =>
  ways.map((each) => ({ name, ...each })),
);

test.each(waysOfFilters)(
  "a leaderboard of $name, read $way, is neither scanned nor sorted as a whole",
  async ({ name, backward }) => {
    const { source } = boardOf(filters[name] ?? null, undefined);
    for (const field of [ArchitectureOrderField.SCORE, ArchitectureOrderField.PARAMS]) {
      const order = architectureOrder({ field, direction: OrderDirection.DESC }, true);
      for (const plan of await plansOf(source, order, null, backward)) expectIndexed(plan);
    }
  },
);

test.each(waysOfOrders)(
  "references by $field $direction, read $way, come from an index of their own",
  async ({ backward, ...by }) => {
    const { source } = boardOf({ references: true }, undefined);
    const [statement] = pageStatements(source, architectureOrder(by, true), null, backward);
    expect(await planOf(statement?.(21) ?? Prisma.empty)).toMatch(/Architecture_reference_/);
  },
);

test("a count ends at its limit and says so", async () => {
  expect(await countRows(database, boardOf(null, undefined).source)).toEqual({
    count: 10_000,
    isCapped: true,
  });
  const some = boardOf({ search: "calm-dove-77" }, undefined).source;
  expect(await countRows(database, some)).toEqual({ count: 30 * 11, isCapped: false });
});

test("what an architecture is made of is found by the trigger's column", async () => {
  const made = await database.architecture.findFirstOrThrow({
    where: { key: "made by the trigger" },
  });
  expect(made.features).toEqual([
    "kernel:31",
    "kind:attention",
    "kind:conv",
    "operation:euclidean",
    "operation:matmul",
    "operation:softmax",
  ]);
});

test("a front is the same whether it is read in parts or as a whole", async () => {
  for (const x of Object.values(ParetoCost)) {
    const column = { PARAMS: "params", FLOPS: "flops", STEP_TIME: "stepRatio" }[x];
    const cost = Prisma.raw(`"${column}"`);
    const whole = await database.$queryRaw<{ id: string }[]>`
      SELECT id FROM (SELECT id, score, ${cost} AS cost, max(score) OVER (ORDER BY ${cost}, score DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best
                        FROM "Architecture" WHERE stability = 'STABLE' AND ${cost} IS NOT NULL) AS ranked
       WHERE best IS NULL OR score > best ORDER BY cost`;
    const front = await readFront(database, boardOf(null, undefined), {
      x,
      y: ParetoObjective.SCORE,
    });
    expect(front.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
  }
});

test("conditions that contradict an order are met in its index, without the rows", async () => {
  const ranges = { params: { max: 2e4 }, flops: { min: 1e3 }, query: "stepRatio < 0.9" };
  const few = { ...ranges, stableOnly: true, references: false };
  const { source } = boardOf(few, undefined);
  const covered = [
    ArchitectureOrderField.SCORE,
    ArchitectureOrderField.PARAMS,
    ArchitectureOrderField.FLOPS,
    ArchitectureOrderField.STEP_TIME,
  ];
  for (const field of covered) {
    const order = architectureOrder({ field, direction: OrderDirection.DESC }, true);
    const [first = ""] = await plansOf(source, order, null, false);
    expect(first).toMatch(/Index Only Scan (Backward )?using "Architecture_/);
    expect(first).not.toMatch(
      /(Seq|Index|Bitmap Heap) Scan (Backward )?(using \S+ )?on "Architecture" a/,
    );
  }
});
