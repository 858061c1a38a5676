import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describeError, OpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import { type Request, type Response, Router } from "express";
import type { GraphQLSchema } from "graphql";
import { z } from "zod";
import type { Services } from "../context.js";
import type { ErrorFormatter } from "../http/errorFormatter.js";
import { check } from "../identity/guard.js";
import { routeRules } from "../identity/routes.js";
import { isVisible, type TeamIds } from "../identity/visible.js";
import type { LeaderboardFilter } from "../leaderboard/types.js";
import type { Log } from "../log.js";
import { notFound } from "../notFound.js";
import type { RunFilter } from "../run/inputs.js";
import { isOfReader, refuseWith } from "./failure.js";
import { type FormatName, formats } from "./formats.js";
import { readFilter, readParameters } from "./request.js";
import {
  candidateTable,
  eventTable,
  type ExportTable,
  leaderboardTable,
  runTable,
} from "./tables.js";

/** The most exports under way at once; each holds up to a few megabytes. */
const maxExports = 20;

/** Milliseconds after which an export whose client takes nothing more is ended. */
const idleMilliseconds = 60_000;

/** A filter that GraphQL has checked against its input type. */
const leaderboardFilter = z.custom<LeaderboardFilter | null>();
const runFilter = z.custom<RunFilter | null>();

/** A file to send: its rows, and what its name says of them. */
interface Export {
  name: string;
  table: ExportTable;
  limit: number | undefined;
}

/**
 * Returns the routes of the files to download: /leaderboard.FORMAT, /runs.FORMAT,
 * /runs/ID/candidates.FORMAT and /runs/ID/events.FORMAT, where FORMAT is csv, jsonl or parquet. They
 * list what the queries of GraphQL list with the same filter.
 */
export function exportRoutes(
  { database, exports, identity }: Services,
  { schema, formatError, log }: { schema: GraphQLSchema; formatError: ErrorFormatter; log: Log },
): Router {
  const router = Router();
  let underWay = 0;

  const serve = (
    path: string,
    exportOf: (
      request: Request<{ id: string; format: string }>,
      teamIds: TeamIds,
      userId: string | undefined,
    ) => Export | Promise<Export>,
  ) => {
    router.get(
      `${path}.:format`,
      async (request: Request<{ id: string; format: string }>, response) => {
        const { socket, headers } = request;
        const principal = await identity.principalOf({ socket, headers });
        check(principal, routeRules.export);
        const format = formatNamed(request.params.format);
        const file = await exportOf(request, principal.teamIds, principal.userId);
        response.set({
          "Content-Type": formats[format].contentType,
          "Content-Disposition": `attachment; filename="opnas-${file.name}.${format}"`,
          "Cache-Control": "no-store",
        });
        if (request.method === "HEAD") {
          response.end();
          return;
        }
        if (underWay >= maxExports) throw tooMany();
        underWay += 1;
        try {
          await send(response, file, format);
        } finally {
          underWay -= 1;
        }
      },
    );
  };

  serve("/leaderboard", ({ query }, teamIds, userId) => {
    const { filter, limit } = readParameters(query, ["filter", "limit"]);
    const read = leaderboardFilter.parse(readFilter(schema, "LeaderboardFilter", filter));
    return { name: "leaderboard", table: leaderboardTable(read, teamIds, userId), limit };
  });
  serve("/runs", ({ query }, teamIds, userId) => {
    const { filter, limit } = readParameters(query, ["filter", "limit"]);
    const read = runFilter.parse(readFilter(schema, "RunFilter", filter));
    return { name: "runs", table: runTable(read, teamIds, userId), limit };
  });
  serve("/runs/:id/candidates", async ({ query, params }, teamIds) => {
    const { limit } = readParameters(query, ["limit"]);
    const id = await existing(params.id, teamIds);
    return { name: `run-${id}-candidates`, table: candidateTable(id), limit };
  });
  serve("/runs/:id/events", async ({ query, params }, teamIds) => {
    const { limit, after } = readParameters(query, ["limit", "after"]);
    const id = await existing(params.id, teamIds);
    return { name: `run-${id}-events`, table: eventTable(id, after ?? 0), limit };
  });
  router.use(refuseWith(formatError));
  return router;

  async function existing(id: string, teamIds: TeamIds): Promise<string> {
    if (!(await isVisible(database, teamIds, "run", id))) throw notFound("run", id);
    return id.toLowerCase();
  }

  /**
   * Sends a file at the pace of its reader; nothing more is read once the reader has left. Its first
   * part is made before the headers go, so that a database that fails is still told by a status.
   */
  async function send(response: Response, file: Export, format: FormatName): Promise<void> {
    const pages = exports.read(file.table, file.limit ?? null);
    const parts = formats[format].encode(pages, file.table.columns);
    const first = await parts.next();
    response.setTimeout(idleMilliseconds, () => response.destroy());
    try {
      await pipeline(
        Readable.from(afterFirst(first, parts), { objectMode: true, highWaterMark: 1 }),
        response,
      );
    } catch (error) {
      // The status is sent: only the broken connection tells the reader that the file is not whole.
      if (!isOfReader(error))
        log.error(`An export broke off: ${describeError(databaseError(error))}`);
      response.destroy();
    }
  }
}

async function* afterFirst<Part>(
  first: IteratorResult<Part, void>,
  rest: AsyncGenerator<Part, void>,
) {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

function formatNamed(name: string): FormatName {
  const isFormat = (each: string): each is FormatName => Object.hasOwn(formats, each);
  if (isFormat(name)) return name;
  const message = `There is no format ${name.slice(0, 20)}; there are ${Object.keys(formats).join(", ")}.`;
  throw new OpnasError("NOT_FOUND", message);
}

function tooMany(): OpnasError {
  const message = `${maxExports} exports are under way, the most at once. Try again when one has ended.`;
  return new OpnasError("DATABASE_BUSY", message);
}
