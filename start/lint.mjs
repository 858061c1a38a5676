// Lints everything in parts, each in a process of its own: with the types of all packages at once ESLint
// needs more than the 4 GB that Node allows itself. In parts it takes 2.5 GB at the most.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { packages } from "./build.mjs";

const root = path.join(import.meta.dirname, "..");
const eslint = path.join(root, "node_modules", ".bin", "eslint");
const apart = ["server", "web"];
const others = packages.filter((name) => !apart.includes(name));
const ignored = packages.flatMap((name) => ["--ignore-pattern", `${name}/`]);
const parts = [others, apart, [".", ...ignored]];
/** @param {string[]} part */
const lint = (part) =>
  spawnSync(process.execPath, [eslint, ...part], { cwd: root, stdio: "inherit" }).status ?? 1;
process.exitCode = Math.max(...parts.map(lint));
