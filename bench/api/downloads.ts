import { once } from "node:events";
import { get, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ServerProcess } from "./servers.ts";

/** The most rows of a file that is measured. */
const rows = 100_000;

/** The milliseconds between two looks at the server's memory. */
const sampleMilliseconds = 100;

/** The byte that ends a line. */
const newline = 10;

/** A file of the leaderboard that was downloaded. */
export interface MeasuredDownload {
  name: string;
  /** Its lines without the heading. */
  rows: number;
  seconds: number;
  /** The most resident memory of the server in the first and in the second half of the time, in MiB. */
  memory: { first: number; second: number };
}

/** Downloads the best rows of the leaderboard as CSV and measures time and memory. */
export async function measureDownload(server: ServerProcess): Promise<MeasuredDownload> {
  const url = `http://127.0.0.1:${server.port}/export/leaderboard.csv?limit=`;
  // The first rows of a new process take time that is not theirs.
  await linesOf(`${url}1000`);
  const memory: number[] = [];
  const began = performance.now();
  const download = linesOf(`${url}${rows}`);
  const ended = download.then(() => true);
  do memory.push(server.memory());
  while (!(await Promise.race([ended, sleep(sampleMilliseconds, false)])));
  const lines = await download;
  const half = Math.ceil(memory.length / 2);
  return {
    name: "leaderboard.csv",
    rows: lines - 1,
    seconds: (performance.now() - began) / 1000,
    memory: { first: Math.max(...memory.slice(0, half)), second: Math.max(...memory.slice(-half)) },
  };
}

/** Downloads a file and counts its lines. @throws Error for any status but 200 */
async function linesOf(url: string): Promise<number> {
  const [response] = z
    .tuple([z.instanceof(IncomingMessage)])
    .parse(await once(get(url), "response"));
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}.`);
  let lines = 0;
  for await (const chunk of response) {
    for (const byte of z.instanceof(Buffer).parse(chunk)) if (byte === newline) lines += 1;
  }
  return lines;
}
