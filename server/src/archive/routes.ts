import { pipeline } from "node:stream/promises";
import { describeError, OpnasError, toOpnasError } from "@opnas/core";
import { closeAuditEntry, databaseError, openAuditEntry } from "@opnas/prisma";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import type { Services } from "../context.js";
import { isOfReader, refuseWith } from "../export/failure.js";
import { uploadPath } from "../http/endSlowRequests.js";
import type { ErrorFormatter } from "../http/errorFormatter.js";
import { signatureShape } from "../http/signedLinks.js";
import { check } from "../identity/guard.js";
import { callersTeam } from "../identity/ownership.js";
import type { Principal } from "../identity/principal.js";
import { routeRules } from "../identity/routes.js";
import { isVisible } from "../identity/visible.js";
import { InputError, parseInput } from "../input.js";
import type { Log } from "../log.js";
import { notFound } from "../notFound.js";
import { type ArtifactKind, artifactKinds } from "./artifacts.js";
import { archiveSubject } from "./link.js";
import type { Imported } from "./runArchives.js";

/** The most archives that are written at once, and that are received. */
const atOnce = { written: 4, received: 2 };

/** Milliseconds after which a client that takes or sends nothing more is cut off. */
const idleMilliseconds = 60_000;

/** Milliseconds that a client whose archive was refused may go on sending it. */
const drainMilliseconds = 10_000;

const writtenSchema = z.strictObject({
  artifacts: z
    .string("it is given more than once")
    .transform((text) => text.split(",").filter((kind) => kind !== ""))
    .pipe(z.array(z.enum(artifactKinds, `it lists ${artifactKinds.join(" and ")}`)))
    .default([]),
});
const signedSchema = writtenSchema.extend(signatureShape);
const receivedSchema = z.strictObject({ team: z.string("it is given more than once").optional() });

/**
 * Returns the routes of archives: GET /export/runs/ID/archive, with the artifacts that the parameter
 * `artifacts` lists, for whoever sees the run or has a signed link, and POST /import/runs, whose body is an archive.
 */
export function archiveRoutes(
  services: Services,
  { formatError, log }: { formatError: ErrorFormatter; log: Log },
): Router {
  const router = Router();
  router.get("/export/runs/:id/archive", writing(services, log));
  router.post(`${uploadPath}runs`, receiving(services));
  router.use(refuseWith(formatError));
  return router;
}

function writing(services: Services, log: Log): RequestHandler<{ id: string }> {
  const { archives } = services;
  const place = new Places(atOnce.written, "written");
  return async (request, response) => {
    const { runId, artifacts } = await wantedOf(services, request);
    response.set({
      "Content-Type": "application/gzip",
      "Content-Disposition": `attachment; filename="opnas-run-${runId}.opnas"`,
      "Cache-Control": "no-store",
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    await place.hold(() =>
      archives.write(runId, artifacts, async (bytes) => {
        response.setTimeout(idleMilliseconds, () => response.destroy());
        try {
          await pipeline(bytes, response);
        } catch (error) {
          // The status is sent: only the broken connection tells the reader that the file is not whole.
          if (!isOfReader(error)) {
            log.error(`An archive broke off: ${describeError(databaseError(error))}`);
          }
          response.destroy();
        }
      }),
    );
  };
}

/** The run and the artifacts that an address names. */
interface Wanted {
  runId: string;
  artifacts: ArtifactKind[];
}

/** Reads what an address asks for, and checks that its signature or its caller has a right to it. */
async function wantedOf(services: Services, request: Request<{ id: string }>): Promise<Wanted> {
  const { database, links } = services;
  const { id } = request.params;
  if ("signature" in request.query) {
    const { artifacts, ...link } = parseInput(signedSchema, request.query, "archive");
    const wanted = { runId: id, artifacts };
    links.check(archiveSubject(wanted), link);
    return wanted;
  }
  const { teamIds } = await callerOf(services, request, "export");
  const { artifacts } = parseInput(writtenSchema, request.query, "archive");
  if (!(await isVisible(database, teamIds, "run", id))) throw notFound("run", id);
  return { runId: id.toLowerCase(), artifacts };
}

function receiving(services: Services): RequestHandler {
  const { archives, database } = services;
  const place = new Places(atOnce.received, "received");
  return async (request, response) => {
    const principal = await callerOf(services, request, "importRun");
    const { team } = parseInput(receivedSchema, request.query, "import");
    const entry = await openAuditEntry(database, {
      principalId: principal.id,
      principalName: principal.name,
      ipAddress: request.ip ?? null,
      action: "importRun",
      targetId: null,
    });
    try {
      const imported = await place.hold(async () => {
        const { teamIds, userId } = principal;
        const owner =
          team === undefined && userId === undefined
            ? null
            : await teamNamed({ database, principal, teamIds }, team);
        request.setTimeout(idleMilliseconds, () => request.destroy());
        request.once("end", () => request.setTimeout(0));
        return archives.import(request, { ownerId: userId ?? null, teamId: owner, teamIds });
      });
      await closeAuditEntry(database, entry, { outcome: "OK", targetId: imported.run.id });
      answer(response, imported);
    } catch (error) {
      const { code: outcome } = databaseError(toOpnasError(error));
      await closeAuditEntry(database, entry, { outcome, targetId: null });
      await drain(request);
      throw error;
    }
  };
}

/** Takes what a client still sends, for a while: it hears an answer only once it is done with that. */
async function drain(request: Request): Promise<void> {
  if (request.closed) return;
  const timer = setTimeout(() => request.destroy(), drainMilliseconds);
  await new Promise<void>((resolve) => {
    request.once("close", resolve);
    request.resume();
  });
  clearTimeout(timer);
}

function answer(response: Response, imported: Imported): void {
  response.status(imported.result === "IMPORTED" ? 201 : 200).json(imported);
}

async function callerOf(
  { identity }: Services,
  { socket, headers }: Request<{ id: string }> | Request,
  rule: "export" | "importRun",
): Promise<Principal> {
  const principal = await identity.principalOf({ socket, headers });
  check(principal, routeRules[rule]);
  return principal;
}

async function teamNamed(
  caller: Parameters<typeof callersTeam>[0],
  team: string | undefined,
): Promise<string> {
  try {
    return (await callersTeam(caller, team)).id;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({ path: ["team"], message: "team cannot be used: it is none of yours." });
  }
}

/** Work of one kind that is under way, of which there may be only so much at once. */
class Places {
  private held = 0;

  constructor(
    private readonly most: number,
    private readonly what: string,
  ) {}

  /** Does some work, or throws `SERVER_BUSY` where there is as much as may be. */
  async hold<T>(act: () => Promise<T>): Promise<T> {
    if (this.held >= this.most) {
      const message = `${this.most} archives are being ${this.what}, the most at once. Try again when one has ended.`;
      throw new OpnasError("SERVER_BUSY", message);
    }
    this.held += 1;
    try {
      return await act();
    } finally {
      this.held -= 1;
    }
  }
}
