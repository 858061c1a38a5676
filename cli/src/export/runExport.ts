import { rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import {
  exportArchitectureDocument,
  exportChangedDocument,
  exportDocument,
  type ExportState,
} from "../api/exports.js";
import { print, say } from "../commands/output.js";
import { follow, type Followed } from "../follow/follow.js";
import { showProgress, type ProgressLine } from "../follow/progress.js";
import type { ModelFormat } from "../generated/graphql.js";
import { makeFolder } from "../makeFolder.js";
import { download } from "./download.js";
import { unpack } from "./unpack.js";

/** The request of a person at `opnas export --weights`. */
export interface ExportOptions {
  /** An architecture or a pre-training. */
  id: string;
  format: ModelFormat;
  /** A folder, or a file whose name ends in .tar, which is left as an archive. */
  out: string;
}

/**
 * Has a model written with its weights, follows that to its end, downloads the archive, and unpacks it
 * unless it is to be kept. A download that broke off goes on when the command is repeated.
 *
 * @param signal aborted when the person interrupts: the export goes on
 * @returns the exit code: 0 done, 1 it failed, 130 interrupted
 * @throws CliError when the request is refused, the platform stays away or a file cannot be written
 */
export async function runExport(
  api: Api,
  { id, format, out }: ExportOptions,
  signal: AbortSignal,
): Promise<number> {
  // A repeated request finds the export that is under way or done.
  const { exportArchitecture } = await api.request(exportArchitectureDocument, { id, format });
  const followed = followedExport(api, exportArchitecture.id);
  const progress = showProgress(process.stderr, progressLine);
  try {
    const state = await follow(api, followed, progress, signal);
    progress.stop();
    if (state.error != null) {
      say(`The export failed: ${state.error.message}`);
      return exitCodes.failed;
    }
    await fetchInto(api, followed, { out, signal });
    return exitCodes.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.stop();
    say("Interrupted: the export goes on. Repeat the command to go on with the download.");
    return exitCodes.interrupted;
  } finally {
    progress.stop();
  }
}

/** Downloads the archive of a finished export, and unpacks it unless it is to be kept; prints the files. */
async function fetchInto(
  api: Api,
  followed: Followed<ExportState>,
  { out, signal }: { out: string; signal: AbortSignal },
): Promise<void> {
  const isKept = out.endsWith(".tar");
  const { fileName } = await followed.read();
  // The name comes from the server: it must not lead elsewhere.
  const archive = isKept ? out : path.join(out, path.basename(fileName));
  await written(() => makeFolder(path.dirname(archive)));
  const part = `${archive}.part`;
  await written(() => download(api.address, () => followed.read(), part, signal));
  if (isKept) {
    await written(() => rename(part, archive));
    print(archive);
    return;
  }
  for (const file of await written(() => unpack(part, out))) print(file);
  await rm(part);
}

/** Turns an error of the file system into a sentence. */
async function written<T>(write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new CliError(`The file cannot be written: ${error.message}`, exitCodes.failed);
  }
}

function followedExport(api: Api, id: string): Followed<ExportState> {
  return {
    read: async () => {
      const { export: found } = await api.request(exportDocument, { id });
      if (found !== null) return found;
      throw new CliError(`There is no export ${id}.`, exitCodes.usage);
    },
    isOver: ({ status }) => status === "DONE" || status === "FAILED",
    after: async function* (_, signal) {
      const messages = api.subscribe(exportChangedDocument, { id }, signal);
      for await (const { exportChanged } of messages) yield exportChanged;
    },
  };
}

function progressLine({ status, progress, waitingReason }: ExportState): ProgressLine {
  const what = status === "QUEUED" ? "waits for a worker" : "the files are written";
  return { fraction: progress, what: waitingReason ?? what, left: "", stage: status };
}
