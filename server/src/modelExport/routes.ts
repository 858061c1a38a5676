import { pipeline } from "node:stream/promises";
import type { ArtifactStore, ByteRange } from "@opnas/artifacts";
import { describeError, OpnasError } from "@opnas/core";
import { databaseError, type Export, exportArchiveName, forgetExport } from "@opnas/prisma";
import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { Services } from "../context.js";
import { isOfReader, refuseWith } from "../export/failure.js";
import type { ErrorFormatter } from "../http/errorFormatter.js";
import { signatureShape } from "../http/signedLinks.js";
import { parseInput } from "../input.js";
import type { Log } from "../log.js";
import { requireExport } from "../node/lookup.js";
import { fileNameOf } from "./fileName.js";

/** Milliseconds after which a download whose client takes nothing more is ended. */
const idleMilliseconds = 60_000;

const linkSchema = z.object(signatureShape);

/**
 * Returns the route of archives of exports, /ID/NAME, whose signed links give the right to download them
 * (`SignedLinks`). It serves single ranges, and equal archives have equal entity tags.
 */
export function modelRoutes(
  { database, links, store }: Services,
  { formatError, log }: { formatError: ErrorFormatter; log: Log },
): Router {
  const router = Router();
  router.get("/:id/:name", async (request: Request<{ id: string }>, response) => {
    const { id } = request.params;
    links.check(id, parseInput(linkSchema, request.query, "link"));
    const row = await requireExport(database, id);
    const { artifact, bytes, checksum } = row;
    if (artifact === null || bytes === null || checksum === null) {
      throw new OpnasError("WRONG_STATE", "This export has no archive yet: wait until it is done.");
    }
    response.set({
      "Content-Type": "application/x-tar",
      "Content-Disposition": `attachment; filename="${await fileNameOf(database, row)}"`,
      "Cache-Control": "private, no-cache",
      "Accept-Ranges": "bytes",
      ETag: `"${checksum}"`,
    });
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    const range = rangeOf(request, bytes, `"${checksum}"`);
    if (range === "unsatisfiable") {
      response.set("Content-Range", `bytes */${bytes}`).status(416).end();
      return;
    }
    if (range !== "all") {
      response.set("Content-Range", `bytes ${range.first}-${range.last}/${bytes}`).status(206);
    }
    const { first, last } = range === "all" ? { first: 0, last: bytes - 1 } : range;
    response.set("Content-Length", String(last + 1 - first));
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    await send(
      response,
      row,
      `${artifact}/${exportArchiveName}`,
      range === "all" ? undefined : range,
    );
  });
  router.use(refuseWith(formatError));
  return router;

  async function send(
    response: Response,
    row: Export,
    name: string,
    range: ByteRange | undefined,
  ): Promise<void> {
    const opened = await store.open();
    const found = await opened.read(name, range);
    if (found === undefined) throw await goneFrom(opened, row);
    response.setTimeout(idleMilliseconds, () => response.destroy());
    try {
      await pipeline(found.content, response);
    } catch (error) {
      // The status is sent: only the broken connection tells the reader that the file is not whole.
      if (!isOfReader(error)) {
        log.error(`The download of an export broke off: ${describeError(databaseError(error))}`);
      }
      response.destroy();
    }
  }

  /** Returns the error for an archive that is not in the store; one that is lost is made anew next time. */
  async function goneFrom(opened: ArtifactStore, row: Export): Promise<OpnasError> {
    if (row.store !== (await opened.id())) {
      const message =
        "The archive lies in another artifact store than this API's: start the API with the store (OPNAS_ARTIFACTS) of the workers.";
      return new OpnasError("ANOTHER_STORE", message);
    }
    await forgetExport(database, row.id);
    return new OpnasError("NOT_FOUND", "The archive is gone: ask for the export again.");
  }
}

/** Reads the range that a request asks for; several at once are answered by the whole. */
function rangeOf(
  request: Request<{ id: string }>,
  bytes: number,
  tag: string,
): ByteRange | "all" | "unsatisfiable" {
  const condition = request.get("If-Range");
  if (condition !== undefined && condition !== tag) return "all";
  const ranges = request.range(bytes, { combine: true });
  if (ranges === -1) return "unsatisfiable";
  if (ranges === undefined || ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1) {
    return "all";
  }
  const [range] = ranges;
  return range === undefined ? "all" : { first: range.start, last: range.end };
}
