/** The plots of docs/results; run by `npm run bench:plots`. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { runBench, text } from "../common/command.ts";
import { readRecord } from "../record/file.ts";
import { svgOf, type Chart } from "./chart.ts";
import { biwsChart, biwsSchema, recordChart } from "./scatter.ts";
import { searchesChart, searchesSchema } from "./searches.ts";
import { strategiesChart, strategiesSchema } from "./strategies.ts";

const about = `The plots of docs/results from what benches wrote: --record FILE.json.gz, --strategies FILE.json,
--searches FILE.json and --biws FILE.json, as many as are given. What the plots there were made from lies beside them (.json.gz),
and can be given as it is. A quick run makes all of these anew, and without --out keeps nothing.`;

await runBench(
  {
    name: "bench:plots",
    about,
    options: {
      out: text.optional(),
      record: text.optional(),
      strategies: text.optional(),
      searches: text.optional(),
      biws: text.optional(),
    },
    quick: {
      record: "bench/record/record.json.gz",
      strategies: "docs/results/strategies.json.gz",
      searches: "docs/results/searches.json.gz",
      biws: "docs/results/biws.json.gz",
    },
  },
  async ({ record, strategies, searches, biws, quick, ...options }) => {
    const charts: [name: string, chart: Chart][] = [];
    if (record) charts.push(["record", recordChart(await readRecord(record))]);
    if (strategies) {
      const report = strategiesSchema.parse(await readJson(strategies));
      charts.push(["strategies", strategiesChart(report)]);
    }
    if (searches) {
      const report = searchesSchema.parse(await readJson(searches));
      charts.push(["searches", searchesChart(report)]);
    }
    if (biws) charts.push(["biws", biwsChart(biwsSchema.parse(await readJson(biws)))]);

    const isKept = options.out !== undefined || !quick;
    const out = isKept
      ? (options.out ?? "docs/results")
      : await mkdtemp(path.join(tmpdir(), "opnas-plots-"));
    const written: { file: string; bytes: number }[] = [];
    for (const [name, chart] of charts) {
      const file = path.join(out, `${name}.svg`);
      const svg = await svgOf(chart);
      await writeFile(file, svg);
      written.push({ file, bytes: svg.length });
    }
    console.table(written);
    if (!isKept) await rm(out, { recursive: true });
    return { plots: written };
  },
);

async function readJson(file: string): Promise<unknown> {
  const bytes = await readFile(file);
  return JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
}
