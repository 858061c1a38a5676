import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { basePathOf } from "./basePath.mjs";
import { runCommand } from "./command.mjs";
import { UserError } from "./userError.mjs";

/** The packages that are built, in the order of their imports. */
export const packages = [
  "core",
  "export",
  "telemetry",
  "artifacts",
  "prisma",
  "worker",
  "server",
  "cli",
  "web",
];
const rootFiles = ["package.json", "package-lock.json", "turbo.json", "tsconfig.base.json"];
const notSource = new Set([
  "node_modules",
  "dist",
  "generated",
  ".next",
  ".turbo",
  "next-env.d.ts",
]);
/** The results of a build; when one of these is missing, there was none. */
const results = [
  "core/dist/index.js",
  "export/dist/index.js",
  "telemetry/dist/index.js",
  "artifacts/dist/index.js",
  "prisma/dist/index.js",
  "prisma/src/generated/client.ts",
  "worker/dist/main.js",
  "server/dist/main.js",
  "cli/dist/index.js",
];

/**
 * Builds every package that changed since the last build, the portal for the path of its public address;
 * without a change this costs only a look at the sources' sizes and times.
 *
 * @param {string} root
 * @param {string} logs
 * @param {import("./terminal.mjs").Terminal} terminal
 */
export async function build(root, logs, terminal) {
  const stamp = path.join(root, "node_modules", ".opnas-build");
  const basePath = basePathOf(process.env.OPNAS_PUBLIC_URL);
  const state = `${sourceState(root)}${basePath}`;
  const portal = path.join("web", ".next", basePath && `at${basePath}`, "BUILD_ID");
  const isBuilt = [...results, portal].every((file) => existsSync(path.join(root, file)));
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, "utf8") === state) return;
  rmSync(stamp, { force: true });
  await terminal.step("Build", async (progress) => {
    const log = path.join(logs, "build.log");
    const done = new Set();
    const turbo = path.join(root, "node_modules", ".bin", "turbo");
    const { code, lines } = await runCommand("the build", turbo, ["run", "build", "--ui=stream"], {
      log,
      cwd: root,
      env: { ...toolEnvironment(root), OPNAS_BASE_PATH: basePath },
      onLine: (line) => {
        const name = /^@opnas\/(\w+):build:/.exec(line)?.[1];
        if (name === undefined) return;
        done.add(name);
        progress(`${name}, ${done.size} of ${packages.length}`);
      },
    });
    if (code !== 0) {
      terminal.line(lines.slice(-30).join("\n"));
      throw new UserError(`The build failed; the reason is above and in ${log}.`);
    }
    writeFileSync(stamp, state);
  });
}

/**
 * Returns the environment in which this repository's tools and the pinned Node come first on the path.
 *
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(root) {
  const tools = [
    path.join(root, "node_modules", ".bin"),
    path.join(root, "node_modules", "node", "bin"),
  ];
  return {
    ...process.env,
    PATH: [...tools, process.env.PATH ?? ""].join(path.delimiter),
    TURBO_TELEMETRY_DISABLED: "1",
    NEXT_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    NO_UPDATE_NOTIFIER: "1",
  };
}

/**
 * Hashes the names, sizes and times of all sources: cheap, and wrong only towards building again.
 *
 * @param {string} root
 */
export function sourceState(root) {
  const hash = createHash("sha256");
  /** @param {string} file */
  const add = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  };
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (notSource.has(entry.name) || entry.name.includes(".test.")) continue;
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (entry.isFile()) add(full);
    }
  };
  for (const file of rootFiles) add(path.join(root, file));
  for (const name of packages) walk(path.join(root, name));
  return hash.digest("hex");
}

/**
 * Makes the native engine ready, once per machine. Reports the reason when there is none and
 * WebAssembly does the work; that is an error only where a native engine was asked for by name.
 *
 * @param {string} root
 * @param {string} engine the setting OPNAS_ENGINE
 * @param {string} logs
 * @param {import("./terminal.mjs").Terminal} terminal
 */
export async function prepareEngine(root, engine, logs, terminal) {
  if (engine === "wasm") return;
  mkdirSync(logs, { recursive: true });
  await terminal.step("Native engine", async (progress) => {
    const { code, lines } = await runCommand(
      "the engine's install",
      process.execPath,
      [path.join(root, "worker", "native", "install.mjs")],
      {
        log: path.join(logs, "engine.log"),
        cwd: root,
        env: toolEnvironment(root),
        onLine: (line) => progress(line.replace(/^engine: /, "")),
      },
    );
    const said = lines.at(-1)?.replace(/^engine: /, "") ?? `exit code ${code}`;
    if (code === 0) return progress(`= ${said}`);
    if (engine !== "auto") {
      throw new UserError(
        `OPNAS_ENGINE=${engine} cannot be had: ${said} Set OPNAS_ENGINE=auto to take the best there is.`,
      );
    }
    progress(`= ${said}`);
  });
}
