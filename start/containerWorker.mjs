// A worker without the launcher, as in a container (deploy/Dockerfile): makes what its native engine lacks
// on this machine's processor, which the image's builder may not have had, and then is the worker itself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** @param {string} name */
const file = (name) => fileURLToPath(new URL(`../worker/${name}`, import.meta.url));

const installer = spawn(
  process.execPath,
  [file("native/install.mjs"), "--wheel", "--without-gpu"],
  {
    stdio: "inherit",
  },
);
/** @param {NodeJS.Signals} signal */
const stop = (signal) => {
  installer.kill(signal);
  process.exit(0);
};
process.once("SIGTERM", stop).once("SIGINT", stop);
const [code] = await once(installer, "exit");
// Without an engine of its own the worker takes the best there is, or says what is missing.
if (code !== 0) console.error(`The native engine's installer ended with exit code ${code}.`);
process.off("SIGTERM", stop).off("SIGINT", stop);
await import(file("dist/main.js"));
