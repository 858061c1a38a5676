import { readdir, readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { reportSchema } from "./api/report.ts";
import { at, bench, positive } from "./common/quickBench.ts";
import { longestQuickRun, programOf, quick, scripts } from "./common/quickRun.ts";
import { searchingBenches } from "./strategies/quickBenches.ts";

vi.setConfig({ testTimeout: longestQuickRun + 30_000 });

const spread = z.object({ median: positive, min: positive, max: positive });
const agreement = z.object({ all: z.unknown(), learners: z.unknown() });

const tests: Record<string, () => Promise<void>> = {
  ...searchingBenches,

  "bench:api": async () => {
    const { report } = await bench("bench:api", reportSchema);
    expect(report.pages.length).toBeGreaterThan(50);
    expect(Math.max(...report.pages.map(({ statements }) => statements))).toBeLessThanOrEqual(12);
    expect(report.subscribers.map(({ count, lost }) => [count, lost])).toEqual([
      [1, 0],
      [20, 0],
    ]);
    // Of 2,000 architectures a twentieth has no score, and a tenth of the runs is archived.
    expect(report.downloads[0]?.rows).toBeGreaterThan(1_000);
    expect(report.throughput?.ours).toBeGreaterThan(0);
  },

  "bench:engine": async () => {
    const measured = z.object({
      model: z.literal("tiny"),
      case: z.enum(["bert", "superNet", "autobert"]),
      stepsPerSecond: positive,
      gflops: positive,
      peakMemoryBytes: positive,
    });
    const { printed, report } = await bench(
      "bench:engine",
      z.object({
        peer: z.null(),
        cases: z.array(measured).length(3),
        steady: z.array(z.object({ tensors: z.int() })).length(10),
      }),
    );
    expect(printed).toMatch(/^model +case +steps\/s +PyTorch/m);
    for (const { case: name } of report.cases) {
      expect(printed).toMatch(new RegExp(`^tiny +${name} +\\d+\\.\\d\\d `, "m"));
    }
    expect(printed).toContain("alone: a quick run measures and checks our side only");
    expect(new Set(report.steady.map(({ tensors }) => tensors)).size).toBe(1);
  },

  "bench:export": async () => {
    const difference = z.object({
      hidden: z.number().max(1e-3),
      logits: z.number().max(1e-3),
      gradient: z.number(),
      alone: z.number().max(1e-4),
      checkpointed: z.literal(0),
    });
    const near = z.number().max(1e-3);
    const ofGraphs = z.object({ hidden: near, logits: near, alone: near });
    const { printed, report } = await bench(
      "bench:export",
      z.object({
        pytorch: z.object({
          largest: difference,
          findings: z.strictObject({ pyflakes: z.literal(""), mypy: z.literal("") }),
          results: z.array(z.object({ differences: difference })).length(6),
        }),
        // onnxruntime in Node and in Python, TensorFlow.js on cpu and on wasm.
        graphs: z.array(z.object({ largest: ofGraphs })).length(4),
      }),
    );
    const { largest, results } = report.pytorch;
    expect(largest.hidden).toBe(Math.max(...results.map(({ differences }) => differences.hidden)));
    expect(printed).toContain("mypy: clean");
  },

  "bench:paths": async () => {
    const result = z.object({ name: z.string(), milliseconds: positive, ratio: spread });
    const { printed, report } = await bench(
      "bench:paths",
      z.object({ results: z.array(result).length(12) }),
    );
    expect(printed).toContain("times as fast");
    for (const { name } of report.results) expect(printed).toContain(`'${name}'`);
  },

  "bench:steps": async () => {
    const byLoad = z.object({ load: z.int(), seconds: spread, ratio: spread });
    const { printed, report } = await bench(
      "bench:steps",
      z.object({ results: z.array(z.object({ byLoad: z.array(byLoad).length(2) })).length(2) }),
    );
    expect(report.results[0]?.byLoad.map(({ load }) => load)).toEqual([0, 1]);
    expect(printed).toContain("vanilla BERT");
  },

  "bench:candidates": async () => {
    const way = z.object({ processes: z.int(), threads: z.int(), perHour: spread });
    const { printed, report } = await bench(
      "bench:candidates",
      z.object({ ways: z.array(way).length(2) }),
    );
    expect(report.ways.map(({ threads }) => threads)).toEqual([1, 2]);
    expect(printed).toContain("candidates per hour");
  },

  "bench:archive": async () => {
    const row = z.object({ work: z.string(), seconds: positive, mebibytesMost: positive });
    const { report } = await bench("bench:archive", z.object({ rows: z.array(row) }));
    expect(report.rows.map(({ work }) => work)).toEqual(["write", "import"]);
  },

  "bench:artifacts": async () => {
    const row = z.object({ what: z.string(), seconds: positive, peakBytes: positive });
    const { report } = await bench(
      "bench:artifacts",
      z.object({ parameters: z.int(), rows: z.array(row).length(4) }),
    );
    expect(report.rows.map(({ what }) => what)).toContain("inherit a candidate's weights");
  },

  "bench:workers": async () => {
    const { report } = await bench(
      "bench:workers",
      z.object({
        slots: z.literal(16),
        candidates: z.literal(64),
        busyShare: positive.max(1),
        processorMillisecondsPerCandidate: positive,
        connections: z.int().min(4),
      }),
    );
    expect(report.busyShare).toBeGreaterThan(0);
  },

  "bench:record": async () => {
    const run = z.object({ seed: z.int(), score: z.number() });
    const record = z.object({
      plan: z.object({ steps: z.literal(2) }),
      entries: z.array(z.object({ key: z.string(), runs: z.array(run).length(2) })).min(4),
    });
    const out = at("record.json.gz");
    const { printed, report } = await bench("bench:record", record, "--out", out);
    expect(printed).toMatch(
      /^all: \d architectures, r between seeds \S+, \d+\.\d\d points apart$/m,
    );
    expect(record.parse(JSON.parse(gunzipSync(await readFile(out)).toString()))).toEqual(report);
  },

  "bench:proxies": async () => {
    const { printed, report } = await bench(
      "bench:proxies",
      z.object({
        architectures: z.literal(3),
        seedCorrelation: agreement,
        tasks: z.object({ mlm: z.object({ mean: z.number() }), swap: z.unknown() }),
        alone: z.object({ steps: z.literal(2), kendallScore: agreement }),
        seconds: z.object({ superNet: z.array(positive).length(2) }),
      }),
    );
    for (const row of [...Object.keys(report.tasks), "proxy score", "held-out loss"]) {
      expect(printed).toContain(`│ ${row} `);
    }
    expect(printed).toContain("against 2 steps alone");
  },

  "bench:biws": async () => {
    const score = z.object({ alone: z.number(), biws: z.array(z.unknown()).length(1) });
    const { printed } = await bench(
      "bench:biws",
      z.object({
        costRatio: positive,
        proxies: z.object({ parameters: agreement, oneBranch: agreement }),
        scores: z.array(score).length(3),
      }),
    );
    expect(printed).toMatch(/^ {2}two branches a step: .+, .+$/m);
    expect(printed).toMatch(/^cost ratio \d+\.\d{3} /m);
  },

  "bench:searches": async () => {
    const keep = ["--keep", at("searches")];
    const outcome = z.object({
      strategy: z.string(),
      scores: z.array(z.number()).min(2),
      best: positive,
      confirmed: z.array(positive).length(1),
    });
    const schema = z.object({ outcomes: z.tuple([outcome, outcome]) });
    const { printed, report } = await bench("bench:searches", schema, ...keep);
    expect(printed).toContain("opnas − random, confirmed:");
    // What is kept is taken from there, and is as it was.
    const again = await bench("bench:searches", schema, ...keep);
    expect(again.report).toEqual(report);
    const other = [...keep, "--override", '{"evaluationExamples":40}'];
    await expect(quick("bench:searches", ...other)).rejects.toThrow("scores of other settings");
  },

  benchmark: async () => {
    const printed = await quick("benchmark", "--out", at("benchmark"));
    expect(printed).toMatch(/^SST-2 {2}\d+\.\d {2}\(accuracy /m);
    expect(printed).toMatch(/^v1\.1 {2}EM \d+\.\d, F1 \d+\.\d /m);
    const report: unknown = JSON.parse(await readFile(at("benchmark/glue.json"), "utf8"));
    expect(report).toMatchObject({
      benchmark: "GLUE",
      tasks: [{ task: "CoLA" }, { task: "SST-2" }],
    });
    expect(await readdir(at("benchmark"))).toContain("squad.json");
  },
};

describe("with --quick", () => {
  test.each(Object.entries(tests))("npm run %s prints its table and writes its JSON", (_, run) =>
    run(),
  );

  test("every bench among the npm scripts is tried here", () => {
    const benches = Object.keys(scripts).filter((name) => /^(bench(mark$|:)|search:)/.test(name));
    // The portal's is tried in bench/portal/quick.test.ts.
    expect([...Object.keys(tests), "bench:portal"].sort()).toEqual(benches.sort());
    // The engine's check ends with the bench of the engine.
    expect(programOf("engine:check")).toBe(programOf("bench:engine"));
  });
});
