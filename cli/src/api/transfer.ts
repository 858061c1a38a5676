import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { besideGraphql } from "./besideGraphql.js";
import type { Api } from "./client.js";
import { CliError, exitCodes } from "./error.js";

const refusalSchema = z.object({
  errors: z.tuple([z.object({ message: z.string() })], z.unknown()),
});

/**
 * Downloads a file of the API's server; it has its name only when it is whole.
 * @param path with its query, such as /export/runs/ID/archive
 * @returns its size in bytes
 * @throws CliError with the server's own sentence; for a file that exists or cannot be written
 */
export async function download(api: Api, path: string, file: string): Promise<number> {
  if (await isThere(file)) {
    throw new CliError(`${file} exists already: give another name.`, exitCodes.usage);
  }
  const draft = `${file}.part`;
  try {
    const answer = await send(api, "GET", path);
    if (answer.statusCode !== 200) throw await refusal(api, answer);
    await pipeline(answer, createWriteStream(draft));
    await rename(draft, file);
    return (await stat(file)).size;
  } catch (error) {
    await rm(draft, { force: true });
    throw failure(error);
  }
}

/**
 * Sends a file to the API's server, with no more of it in memory than a part.
 * @returns the JSON of the answer
 * @throws CliError with the server's own sentence, or for a file that cannot be read
 */
export async function upload(api: Api, path: string, file: string): Promise<unknown> {
  try {
    const { size } = await stat(file);
    const answer = await send(api, "POST", path, { file, size });
    if ((answer.statusCode ?? 0) >= 300) throw await refusal(api, answer);
    return JSON.parse(await text(answer));
  } catch (error) {
    throw failure(error);
  }
}

/** Sends a request and waits for the begin of its answer, as long as that takes. */
function send(
  api: Api,
  method: "GET" | "POST",
  path: string,
  body?: { file: string; size: number },
): Promise<IncomingMessage> {
  const url = besideGraphql(api.address, path);
  const length = body && { "content-type": "application/gzip", "content-length": body.size };
  const headers = { ...api.credentials(), ...length };
  const open = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = open(url, { method, headers });
    // A server that refuses a file may answer before it has all of it.
    request.once("response", resolve);
    request.once("error", reject);
    if (body === undefined) request.end();
    else pipeline(createReadStream(body.file), request).catch(reject);
  });
}

async function refusal(api: Api, answer: IncomingMessage): Promise<CliError> {
  const { statusCode = 0 } = answer;
  const body = await text(answer);
  const said = refusalSchema.safeParse(parsed(body)).data?.errors[0].message;
  const message =
    said ?? `${api.address} answers with status ${statusCode}: is it the platform's API?`;
  const isUsage = statusCode >= 400 && statusCode < 500;
  return new CliError(message, isUsage ? exitCodes.usage : exitCodes.failed);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function failure(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CliError(`The file did not get through: ${reason}`, exitCodes.failed, {
    cause: error,
  });
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
