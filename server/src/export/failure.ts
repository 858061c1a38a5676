import { type ErrorCode, errorKinds, OpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import type { ErrorRequestHandler } from "express";
import type { ErrorFormatter } from "../http/errorFormatter.js";

/** Answers a request whose export failed before its headers were sent. */
export function refuseWith(formatError: ErrorFormatter): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const error = thrown instanceof URIError ? badAddress() : databaseError(thrown);
    response.removeHeader("Content-Disposition");
    response.status(statusOf(error.code)).json({ errors: [formatError({ message: "" }, error)] });
  };
}

function badAddress(): OpnasError {
  return new OpnasError("BAD_INPUT", "The address is not percent-encoded UTF-8.");
}

/** Reports whether a stream ended because its reader closed the connection. */
export function isOfReader(error: unknown): boolean {
  const codes = ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function statusOf(code: ErrorCode): number {
  if (code === "NOT_FOUND") return 404;
  if (code === "UNAUTHENTICATED") return 401;
  if (code === "FORBIDDEN") return 403;
  if (errorKinds[code] === "retryable") return 503;
  return errorKinds[code] === "user" ? 400 : 500;
}
