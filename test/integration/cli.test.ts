import { execFile, fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bertLayer, checkArchitecture } from "@opnas/core";
import { createClient } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { readModel, readTensors, type Tensors } from "@opnas/worker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createArchitecture } from "../support/architecture.js";
import { WorkerProcess } from "../support/workerProcess.js";

const opnas = fileURLToPath(new URL("../../cli/bin/opnas.js", import.meta.url));
const serverMain = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
const databaseUrl = await testDatabase();
let server: ChildProcess;
let api: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-cli-"));
  server = fork(serverMain, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      OPNAS_API_PORT: "0",
      OPNAS_ARTIFACTS: path.join(folder, "data", "artifacts"),
    },
  });
  const [message] = (await once(server, "message")) as [{ port: number }];
  api = `http://127.0.0.1:${message.port}/graphql`;
});

afterAll(async () => {
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  await exited;
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `opnas` as a shell does; `whileRunning` may act on the process meanwhile. */
async function run(
  words: string[],
  whileRunning?: (child: ChildProcess) => void,
  address = api,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const args = [opnas, ...words, "--api", address];
    const child = execFile(process.execPath, args, { timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
    whileRunning?.(child);
  });
}

async function startRun(...words: string[]): Promise<string> {
  const { stdout, code } = await run(["search", "--preset", "smoke", "--detach", ...words]);
  expect(code).toBe(0);
  return stdout.trim();
}

/** Calls `act` once, when the command has printed the first progress of the run. */
function whenFollowing(child: ChildProcess, act: () => void): void {
  let output = "";
  child.stderr?.on("data", (text: string) => {
    const before = output;
    output += text;
    if (!before.includes("%") && output.includes("%")) act();
  });
}

describe("opnas", () => {
  test("starts, lists, pauses, resumes and cancels a run", async () => {
    const id = await startRun("--seed", "11", "--name", "from a shell");
    expect((await run(["runs"])).stdout).toMatch(
      new RegExp(`${id} +from a shell +smoke +11 +queued`),
    );
    expect((await run(["pause", id])).stdout).toBe(`${id}: paused\n`);
    expect((await run(["resume", id])).stdout).toMatch(new RegExp(`^${id}: (queued|running)\n$`));
    expect((await run(["cancel", id])).stdout).toBe(`${id}: cancelled\n`);
    const extended = await run(["extend", id, "--generations", "1"]);
    expect(extended.code).toBe(1);
    expect(extended.stderr).toMatch(/^✗ .+only a finished run can be extended.+\n$/);
    expect((await run(["resume", id])).stdout).toMatch(new RegExp(`^${id}: (queued|running)\n$`));
    await run(["cancel", id]);
  });

  test("lays settings over the preset's and shows them in the record", async () => {
    const id = await startRun("--set", "superNet.steps=61", "--strategy", "random");
    const { stdout } = await run(["show", id]);
    expect(JSON.parse(stdout)).toMatchObject({
      preset: "smoke",
      strategy: "RANDOM",
      settings: { superNet: { steps: 61 } },
      run: { id },
    });
    await run(["cancel", id]);
  });

  test("follows a run live and ends with code 1 and a record when it is cancelled", async () => {
    const out = path.join(folder, "cancelled.json");
    const id = await startRun("--seed", "12");
    const outcome = await run(["search", "--resume", id, "--out", out], (child) => {
      whenFollowing(child, () => void run(["cancel", id]));
    });
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/The run was cancelled.* Record: /);
    expect(JSON.parse(await readFile(out, "utf8"))).toMatchObject({ seed: 12, run: { id } });
  });

  test("keeps the run when it is interrupted, and says how to go on", async () => {
    const id = await startRun("--seed", "13");
    const outcome = await run(["search", "--resume", id], (child) => {
      whenFollowing(child, () => child.kill("SIGINT"));
    });
    expect(outcome.code).toBe(130);
    expect(outcome.stderr).toContain(`opnas search --resume ${id}`);
    expect((await run(["runs"])).stdout).toMatch(new RegExp(`${id} .* queued`));
    await run(["cancel", id]);
  });

  test("cancels an interrupted run when that was asked for", async () => {
    const id = await startRun("--seed", "14");
    const words = ["search", "--resume", id, "--cancel-on-interrupt"];
    const outcome = await run(words, (child) => whenFollowing(child, () => child.kill("SIGINT")));
    expect(outcome.code).toBe(130);
    expect((await run(["runs"])).stdout).toMatch(new RegExp(`${id} .* cancelled`));
  });

  test("ends with code 2 and the API's sentence for what it refuses", async () => {
    const preset = await run(["search", "--preset", "huge", "--detach"]);
    expect(preset).toMatchObject({ code: 2, stdout: "" });
    expect(preset.stderr).toMatch(/^✗ .*huge.*\n$/);
    const setting = await run([
      "search",
      "--preset",
      "smoke",
      "--set",
      "superNet.stps=1",
      "--detach",
    ]);
    expect(setting).toMatchObject({ code: 2, stdout: "" });
  });

  test("lists the best architectures, also those of one run", async () => {
    const id = await startRun("--seed", "15");
    const heads = /^ +architecture +name +score +stability +parameters +generation +run\n/;
    const all = await run(["leaderboard"]);
    expect(all.stdout).toMatch(heads);
    expect(all.code).toBe(0);
    const ofRun = await run(["leaderboard", "--run", id, "--first", "5"]);
    expect(ofRun.stdout).toMatch(/\n0 of 0 architectures\n$/);
    await run(["cancel", id]);
  });

  test("says how to start the platform when nothing answers", async () => {
    const nowhere = await run(["runs"], undefined, "http://127.0.0.1:9/graphql");
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(
      /^✗ Nothing answers at http:\/\/127\.0\.0\.1:9\/graphql: start the platform/,
    );
  });
});

describe("opnas pretrain", () => {
  let architectureId: string;
  beforeAll(async () => {
    const db = createClient(databaseUrl);
    architectureId = await createArchitecture(db, { version: 1, layers: [bertLayer] });
    await db.$disconnect();
  });
  const size = "--layers 2 --hidden 32 --heads 2 --length 16";
  const words = (more: string) => ["pretrain", architectureId, ...`${size} ${more}`.split(" ")];

  test("starts, lists, cancels and resumes a training", async () => {
    const { stdout } = await run(words("--size large --steps 30 --seed 3 --detach"));
    const id = stdout.trim();
    expect((await run(["trainings"])).stdout).toMatch(new RegExp(`${id} .* 3 +queued +0 of 30`));
    expect((await run(["cancel-training", id])).stdout).toBe(`${id}: cancelled\n`);
    expect(await run(["pretrain", "--resume", id, "--detach"])).toMatchObject({
      code: 0,
      stdout: `${id}\n`,
    });
    expect((await run(["trainings"])).stdout).toMatch(new RegExp(`${id} .* queued`));
    await run(["cancel-training", id]);
  });

  test("export writes the architecture for other programs, and its JSON reads back", async () => {
    const out = path.join(folder, "exported");
    const written = async (format: string, ...more: string[]) => {
      const words = ["export", architectureId, "--format", format, "--out", out, ...more];
      const { code, stdout } = await run(words);
      expect(code).toBe(0);
      return Promise.all(
        stdout
          .trim()
          .split("\n")
          .map((file) => readFile(file, "utf8")),
      );
    };
    const [modeling, config] = await written("pytorch", "--size", "base");
    expect(modeling).toContain("class OpnasForSequenceClassification");
    expect(JSON.parse(config ?? "")).toMatchObject({ hidden_size: 768, num_hidden_layers: 12 });
    const [, searched] = await written("pytorch");
    expect(JSON.parse(searched ?? "")).toMatchObject({ num_hidden_layers: 1 });
    expect((await written("latex"))[0]).toContain("\\end{document}");
    expect((await written("card"))[0]).toContain("It has no trained weights");
    expect((await written("svg"))[0]).toMatch(/^<\?xml[^]*<\/svg>\s*$/);
    const [json] = await written("json");
    expect(checkArchitecture(JSON.parse(json ?? ""))).toEqual({ version: 1, layers: [bertLayer] });
    const refused = await run(["export", randomUUID(), "--out", out]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    const file = path.join(out, "config.json");
    const blocked = await run(["export", architectureId, "--out", file]);
    expect(blocked).toMatchObject({ code: 1, stdout: "" });
    expect(blocked.stderr).toMatch(/^✗ The file cannot be written: .+\n$/);
  });

  test("reproduce refuses an architecture without a result", async () => {
    const { code, stderr } = await run(["reproduce", architectureId]);
    expect(code).toBe(1);
    expect(stderr).toContain("has no stored result: wait for its evaluation.");
  });

  test("follows a training; Ctrl-C leaves it, and another command follows it to its end", async () => {
    const dataFolder = path.join(folder, "data");
    const worker = await WorkerProcess.start({ databaseUrl, dataFolder, slots: 1 });
    try {
      const more = "--steps 200 --batch 4 --accumulate 2 --set size.vocabulary=512";
      const outcome = await run(words(more), (child) => {
        whenFollowing(child, () => child.kill("SIGINT"));
      });
      expect(outcome.code).toBe(130);
      const [, id = ""] = /goes on.*--resume ([\w-]+)/.exec(outcome.stderr) ?? [];
      const rest = await run(["pretrain", "--resume", id]);
      expect(rest).toMatchObject({ code: 0, stdout: `artifacts/trainings/${id}/attempt-1\n` });
      expect(rest.stderr).toMatch(/100% +step 200 of 200, loss \d/);
      const { weights } = await readModel(path.join(dataFolder, rest.stdout.trim()));
      expect(weights.has("layer.1.attention.q.weight")).toBe(true);
      await exportsWithWeights(id, weights);
    } finally {
      await worker.stop();
    }
  }, 240_000);

  /** Exports a pre-trained model from the shell, whole and from where a download broke off. */
  async function exportsWithWeights(id: string, weights: Tensors): Promise<void> {
    const out = path.join(folder, "with-weights");
    const whole = await run(["export", id, "--weights", "--out", out]);
    expect(whole).toMatchObject({ code: 0 });
    expect(whole.stdout.split("\n")).toContain(path.join(out, "model.safetensors"));
    const tensors = await readTensors(path.join(out, "model.safetensors"));
    const embedding = "opnas.embeddings.token.weight";
    expect(tensors.get(embedding)?.data).toEqual(weights.get("embedding.token.weight")?.data);
    expect((await readdir(out)).some((name) => name.endsWith(".part"))).toBe(false);

    const file = path.join(out, "model.tar");
    const kept = ["export", id, "--weights", "--out", file];
    expect(await run(kept)).toMatchObject({ code: 0, stdout: `${file}\n` });
    const archive = await readFile(file);
    await writeFile(`${file}.part`, archive.subarray(0, 1_000));
    expect(await run(kept)).toMatchObject({ code: 0 });
    expect((await readFile(file)).equals(archive)).toBe(true);
    await writeFile(`${file}.part`, archive.subarray(1, 1_000));
    const damaged = await run(kept);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain("arrived damaged and was removed");
    expect(await run(kept)).toMatchObject({ code: 0 });
  }

  test.each([
    ["--weights --format svg", /The form svg has no weights; these have: pytorch, onnx/],
    ["--weights --size base", /leave out --size or --weights/],
    ["--format onnx", /An ONNX file holds weights: add --weights/],
  ])("refuses to export with %s", async (more, message) => {
    const outcome = await run(["export", architectureId, "--out", folder, ...more.split(" ")]);
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(message);
  });

  test.each([
    ["--layers 0", /whole number from 1/],
    ["--size huge", /Allowed choices are small, base, large/],
    ["--heads 3", /size.hidden cannot be used: hidden must be a multiple of heads/],
    ["--set stps=1", /settings has no stps/],
  ])("ends with code 2 and a sentence for %s", async (more, message) => {
    const outcome = await run(words(more));
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(message);
  });

  test("requires an architecture or a training to resume, and names one that does not exist", async () => {
    expect(await run(["pretrain"])).toMatchObject({ code: 2 });
    const nowhere = await run(["pretrain", "0199b1f0-0000-7000-8000-00000000dead"]);
    expect(nowhere.stderr).toMatch(/^✗ There is no architecture 0199b1f0/);
  });
});
