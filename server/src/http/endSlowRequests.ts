import type { RequestHandler } from "express";
import { requestMilliseconds } from "./limits.js";

/** Begin of the addresses that take files, which may be as slow as Node lets every request be. */
export const uploadPath = "/import/";

/**
 * Ends the connection of a client that has not sent all of a request in time, but for files. Node itself
 * knows one time for all addresses, which is that of files.
 */
export function endSlowRequests(milliseconds = requestMilliseconds): RequestHandler {
  return (request, _response, next) => {
    const { "content-length": length, "transfer-encoding": encoding } = request.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== "0");
    if (hasBody && !request.path.startsWith(uploadPath)) {
      const timer = setTimeout(() => request.destroy(), milliseconds).unref();
      request.once("close", () => clearTimeout(timer));
      request.once("end", () => clearTimeout(timer));
    }
    next();
  };
}
