/** The two processes of the bench, asked the same way. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { forwardLines } from "@opnas/worker/internals";
import type { z } from "zod";
import { Replies, startJsonLines, type JsonLines } from "../common/jsonLines.ts";
import { engineSchema } from "./protocol.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A process that trains. */
export type Side = JsonLines;

/** Starts our engine in a process of its own. */
export async function startOurs(
  engine: string,
  threads: number,
): Promise<Side & { engine: z.infer<typeof engineSchema> }> {
  const child = fork(here("ours.ts"), [engine, String(threads)], {
    serialization: "advanced",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  if (child.stderr) forwardLines(child.stderr);
  const replies = new Replies(child);
  child.on("message", (message) => replies.take(message));
  const started = engineSchema.parse(await replies.next());
  return {
    engine: started,
    ask: async (question, answer) => {
      child.send(question);
      return answer.parse(await replies.next());
    },
    end: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** Starts PyTorch, from a folder, in a process of its own. */
export function startPeer(folder: string, threads: number): Promise<Side & { report: string }> {
  const command = ["python3", here("peer.py"), String(threads)] as const;
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
  return startJsonLines("PyTorch's side", command, env);
}
