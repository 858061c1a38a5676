/** Other work on the machine: processes that compute and write memory without a pause. */
import { spawn } from "node:child_process";
import { once } from "node:events";

const busy = `
  const memory = new Float64Array(4e6);
  process.stdin.resume().on("end", () => process.exit());
  setImmediate(function work() {
    for (let at = 0; at < memory.length; at++) memory[at] = memory[at] * 0.5 + at;
    setImmediate(work);
  });
  process.stdout.write("ready");`;

/** Starts that many processes and waits until they work; they end by `end`, and with this process. */
export async function startLoad(processes: number): Promise<{ end: () => Promise<void> }> {
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, ["-e", busy], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  await Promise.all(children.map(({ stdout }) => once(stdout, "data")));
  const end = async () => {
    await Promise.all(
      children.map(async (child) => {
        const exit = once(child, "exit");
        child.stdin.end();
        await exit;
      }),
    );
  };
  return { end };
}
