import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { passOn } from "../../worker/dist/trainer/trainer.js";

const childFile = fileURLToPath(new URL("child.mjs", import.meta.url));

/** Starts `count` processes; `run(requests, on)` has them do all requests, in any order. */
export async function startPool(count, engine) {
  const stdio = ["ignore", "inherit", "pipe", "ipc"];
  const children = Array.from({ length: count }, () => fork(childFile, [engine], { stdio }));
  for (const { stderr } of children) passOn(stderr);
  const end = () => children.forEach((child) => child.kill());
  try {
    const ready = await Promise.all(children.map((child) => answer(child, () => undefined)));
    return { engine: ready[0].engine, end, run: (requests, on) => runAll(children, requests, on) };
  } catch (error) {
    end();
    throw error;
  }
}

async function runAll(children, requests, { done, progress = () => undefined }) {
  const waiting = [...requests.entries()];
  await Promise.all(
    children.map(async (child) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, request] = next;
        child.send(request);
        const { result, seconds } = await answer(child, (each) => progress(index, each));
        done(index, result, seconds);
      }
    }),
  );
}

/** The child's next message that is not progress; rejects if it failed or ended. */
function answer(child, onProgress) {
  return new Promise((resolve, reject) => {
    const onExit = (code) => reject(new Error(`A bench process ended with code ${code}.`));
    const onMessage = (message) => {
      if (message.type === "progress") return onProgress(message);
      child.off("message", onMessage);
      child.off("exit", onExit);
      if (message.type === "failed") reject(new Error(message.message));
      else resolve(message);
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}
