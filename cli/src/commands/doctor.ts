import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { besideGraphql } from "../api/besideGraphql.js";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { workersDocument } from "../api/manage.js";
import { print } from "./output.js";

/** Oldest major version of Node that the platform runs on. */
const oldestNode = 20;

/** Bytes of free disk below which a warning is due: a super-net and its checkpoints fit into it. */
const scarceBytes = 2 * 1024 ** 3;

/** One finding about the set-up. */
export interface Finding {
  state: "ok" | "warning" | "fault";
  what: string;
  /** A sentence that says what to do; absent where all is well. */
  remedy?: string;
}

const healthSchema = z.object({ database: z.string() });

/** Builds the command that checks the set-up; `end` receives the exit code. */
export function doctorCommand(
  connect: (command: Command) => Api,
  end: (code: number) => void,
): Command {
  return new Command("doctor")
    .description("check Node, data folder, disk, API, database, engine and workers")
    .addHelpText(
      "after",
      "\nExit codes: 0 all is well or there are warnings only, 1 there are faults.",
    )
    .action(async function (this: Command) {
      const api = connect(this);
      const findings = [...checkMachine(process.env), ...(await checkPlatform(api))];
      const signs = { ok: "✓", warning: "!", fault: "✗" };
      for (const { state, what, remedy } of findings) {
        print(`${signs[state]} ${what}${remedy === undefined ? "" : `\n  ${remedy}`}`);
      }
      const isFaulty = findings.some(({ state }) => state === "fault");
      end(isFaulty ? exitCodes.failed : exitCodes.done);
    });
}

/** Checks what lies on this machine: Node and the data folder with its disk. */
export function checkMachine(environment: NodeJS.ProcessEnv): Finding[] {
  const version = process.versions.node;
  const isNew = Number(version.split(".")[0]) >= oldestNode;
  const node: Finding = isNew
    ? { state: "ok", what: `Node ${version}` }
    : {
        state: "fault",
        what: `Node ${version} is too old`,
        remedy: `Install Node ${oldestNode} or newer.`,
      };
  return [node, ...checkDataFolder(path.resolve(environment["OPNAS_DATA_DIR"] || ".data"))];
}

function checkDataFolder(folder: string): Finding[] {
  if (!existsSync(folder)) {
    return [
      {
        state: "warning",
        what: `there is no data folder ${folder}`,
        remedy: "npm start makes it; set OPNAS_DATA_DIR if it is elsewhere.",
      },
    ];
  }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const remedy = "Give it to the account that runs the platform, or set OPNAS_DATA_DIR.";
    return [{ state: "fault", what: `the data folder ${folder} cannot be written`, remedy }];
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const disk = `${(free / 1024 ** 3).toFixed(1)} GiB free on its disk`;
  const found: Finding[] = [{ state: "ok", what: `data folder ${folder}` }];
  if (free >= scarceBytes) return [...found, { state: "ok", what: disk }];
  const remedy = "Free some: npm run clean removes what is not needed any more.";
  return [...found, { state: "warning", what: `only ${disk}`, remedy }];
}

/** Checks what the API tells: the database behind it, and the workers with their engines. */
export async function checkPlatform(api: Api): Promise<Finding[]> {
  const health = await readHealth(api);
  if (health.state === "fault") return [health];
  try {
    const { workers } = await api.request(workersDocument, {});
    return [health, ...workersOf(workers)];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const what = `the API at ${api.address} refuses: ${error.message}`;
    const remedy = "Check the address, or give an API key with --token or OPNAS_TOKEN.";
    return [health, { state: "fault", what, remedy }];
  }
}

/** Reads the API's health, which a proxy may not pass on: what GraphQL answers counts then. */
async function readHealth({ address }: Api): Promise<Finding> {
  let response: Response;
  try {
    const signal = AbortSignal.timeout(10_000);
    response = await fetch(besideGraphql(address, "/health"), { signal });
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no answer";
    const remedy = "Start the platform (npm start), or name its address with --api or --profile.";
    return { state: "fault", what: `nothing answers at ${address} (${reason})`, remedy };
  }
  const health = healthSchema.safeParse(await response.json().catch(() => undefined));
  if (!health.success) return { state: "ok", what: `a server at ${address}` };
  if (health.data.database === "ok") {
    return { state: "ok", what: `API at ${address}, its Postgres answers` };
  }
  const remedy =
    "Look whether Postgres runs and DATABASE_URL is right; npm start starts the embedded one.";
  return { state: "fault", what: `the API at ${address} cannot reach Postgres`, remedy };
}

interface SeenWorker {
  name: string;
  engine: string;
  engineReasons: readonly string[];
  status: string;
  slots: number;
  restReason: string | null;
}

function workersOf(workers: readonly SeenWorker[]): Finding[] {
  const live = workers.filter(({ status }) => status !== "stopped" && status !== "lost");
  if (live.length === 0) {
    const remedy = "npm start starts one; searches wait until there is one.";
    return [{ state: "fault", what: "no worker is alive", remedy }];
  }
  return live.map(({ name, engine, engineReasons, slots, restReason }): Finding => {
    const what = `worker ${name}, engine ${engine}, ${slots} at once`;
    if (restReason !== null)
      return { state: "warning", what: `${what}: rests`, remedy: restReason };
    const isSlow = engine.startsWith("wasm");
    if (!isSlow) return { state: "ok", what };
    return {
      state: "warning",
      what,
      remedy: `A faster engine is missing: ${engineReasons.join(" ")}`,
    };
  });
}
