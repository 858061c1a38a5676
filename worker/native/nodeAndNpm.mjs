import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { StepFailed } from "./run.mjs";

const checkout = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Returns the path of the Node that will run the engine: the one pinned in the checkout, or this
 * one before that is installed. tfjs-node does not run on Node 23 and later.
 */
export function engineNode() {
  const windows = process.platform === "win32";
  try {
    const require = createRequire(path.join(checkout, "package.json"));
    const home = path.dirname(require.resolve("node/package.json"));
    const pinned = path.join(home, "bin", windows ? "node.exe" : "node");
    if (existsSync(pinned)) return pinned;
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
  }
  if (Number(process.versions.node.split(".")[0]) < 23) return process.execPath;
  throw new StepFailed(
    `TensorFlow's addon needs Node 20 to 22 and this is ${process.version}; run npm install first`,
  );
}

/**
 * Returns the command of npm: the one that called this process, the one beside this Node, or the
 * one on the path.
 */
export function npmCommand() {
  const caller = process.env.npm_execpath;
  if (caller && path.basename(caller) === "npm-cli.js" && existsSync(caller)) {
    return [process.execPath, caller];
  }
  const bin = path.dirname(process.execPath);
  for (const modules of [
    path.join(bin, "..", "lib", "node_modules"),
    path.join(bin, "node_modules"),
  ]) {
    const cli = path.join(modules, "npm", "bin", "npm-cli.js");
    if (existsSync(cli)) return [process.execPath, cli];
  }
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/** Returns the environment without the variables that a calling npm sets about its own project. */
export function cleanEnvironment() {
  const ours =
    /^npm_(package_|lifecycle_|config_(local_prefix|prefix|workspace|workspaces|include_workspace_root|global)$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
