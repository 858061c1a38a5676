/** The two processes of the bench, asked the same way. */
import { fork, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { passOn } from "../../worker/dist/trainer/trainer.js";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Our engine in a process of its own. */
export async function startOurs(engine, threads) {
  const child = fork(here("ours.mjs"), [engine, String(threads)], {
    serialization: "advanced",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  passOn(child.stderr);
  const replies = queue(child);
  child.on("message", replies.take);
  const engineReport = await replies.next();
  const ask = (request) => {
    child.send(request);
    return replies.next();
  };
  return { ask, report: engineReport, end: () => child.disconnect() };
}

/** PyTorch in a process of its own. */
export async function startPeer(folder, threads) {
  const child = spawn("python3", [here("peer.py"), String(threads)], {
    env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const replies = queue(child);
  createInterface({ input: child.stdout }).on("line", (line) => replies.take(JSON.parse(line)));
  const report = await replies.next();
  const ask = (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return replies.next();
  };
  return { ask, report, end: () => child.stdin.end() };
}

/** The answers of a process in their order; its end is an error to whoever waits. */
function queue(child) {
  let waiting, ended;
  const end = (error) => {
    ended ??= error;
    waiting?.reject(ended);
  };
  child.on("error", end);
  child.on("exit", (code, signal) =>
    end(new Error(`a process of the bench ended (${signal ?? `code ${code}`})`)),
  );
  return {
    take: ({ answer, error }) =>
      error === undefined ? waiting?.resolve(answer) : waiting?.reject(new Error(error)),
    next: () =>
      ended
        ? Promise.reject(ended)
        : new Promise((resolve, reject) => (waiting = { resolve, reject })),
  };
}
