import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { autobertZeroBase, withDepth } from "@opnas/core";
import { startEngine } from "@opnas/worker";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openBrowser } from "../../test/support/browser.ts";
import { compareFolder } from "./compareFolder.ts";
import { writeCase } from "./writeCase.ts";

const library = createRequire(import.meta.url).resolve("@tensorflow/tfjs/dist/tf.fesm.min.js");

/** A page with the library under the name that code imports it by, and with a function that runs the model. */
const html = `<!doctype html><title>model</title>
<script type="importmap">{ "imports": { "@tensorflow/tfjs": "/library.js" } }</script>
<script type="module">
  import * as tf from "@tensorflow/tfjs";
  globalThis.run = async (backend, { ids, mask, rows, length }) => {
    if (!(await tf.setBackend(backend))) throw new Error("there is no backend " + backend);
    const model = await tf.loadGraphModel("/model/model.json");
    const int32 = (values) => tf.tensor2d(values, [rows, length], "int32");
    const outputs = model.predict({
      input_ids: int32(ids),
      attention_mask: int32(mask),
      token_type_ids: tf.zeros([rows, length], "int32"),
    });
    const { last_hidden_state: hidden, logits } = outputs;
    return { hidden: [...(await hidden.data())], logits: [...(await logits.data())] };
  };
  globalThis.tf = tf;
</script>`;

let folder: string;
let server: Server;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-browser-"));
  await startEngine("auto", 1);
  const size = { layers: 2, hidden: 16, heads: 2, vocabulary: 256, length: 12, rawKernels: true };
  await writeCase(folder, { architecture: withDepth(autobertZeroBase, 2), size, seed: 5 });
  server = createServer((request, response) => {
    const name = new URL(request.url ?? "", "http://localhost").pathname;
    if (name === "/") response.setHeader("content-type", "text/html").end(html);
    else {
      const file = name === "/library.js" ? library : path.join(folder, path.basename(name));
      if (file === library) response.setHeader("content-type", "text/javascript");
      readFile(file).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(address());
  await page.waitForFunction("globalThis.tf !== undefined");
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

function address(): string {
  const place = server.address();
  if (place === null || typeof place === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${place.port.toString()}/`;
}

const numbers = z.array(z.number()).transform((values) => Float32Array.from(values));
const answerSchema = z.object({ hidden: numbers, logits: numbers });

test.each(["cpu", "webgl"])(
  "a GraphModel gives our numbers in a browser, on %s",
  async (backend) => {
    const { hidden, logits, alone } = await compareFolder(
      folder,
      async ({ ids, mask, rows, length }) => {
        const inputs = JSON.stringify({ ids: [...ids], mask: [...mask], rows, length });
        return answerSchema.parse(await page.evaluate(`run("${backend}", ${inputs})`));
      },
    );
    expect(hidden).toBeLessThan(1e-4);
    expect(logits).toBeLessThan(1e-4);
    expect(alone).toBeLessThan(1e-4);
  },
);

test("the code of USAGE.md runs as it stands", async () => {
  const readme = await readFile(path.join(folder, "USAGE.md"), "utf8");
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const said = page.waitForEvent("console", (message) => message.type() === "log");
  const local = code.replace("http://localhost:8000/", address());
  expect(local).not.toBe(code);
  await page.addScriptTag({ type: "module", content: local });
  const [first] = (await said).args();
  const states = z.array(z.array(z.array(z.number()))).parse(await first?.jsonValue());
  expect(states.map((row) => row.map((state) => state.length))).toEqual([Array(4).fill(16)]);
});
