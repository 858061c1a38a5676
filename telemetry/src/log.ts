import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";
import { type Logger, multistream, pino, stdTimeFunctions } from "pino";
import pretty from "pino-pretty";
import { z } from "zod";

/** The values of OPNAS_LOG_LEVEL, from the fewest lines to the most. */
export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;

/** The setting OPNAS_LOG_LEVEL: lines of lower levels are left out. */
export const logLevelSchema = z.enum(logLevels).default("info");

/** Fields by which the lines of a piece of work name it. */
export interface LogFields {
  run?: string;
  pretraining?: string;
  reproduction?: string;
  export?: string;
  job?: string;
  attempt?: number;
}

const current = new AsyncLocalStorage<LogFields>();

/** Runs `work`; every line that is logged meanwhile by it, and by what it waits for, has these fields. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return current.run({ ...current.getStore(), ...fields }, work);
}

/** Adds fields to the lines of the work around the caller, from now on; without such work it does nothing. */
export function addLogFields(fields: LogFields): void {
  const around = current.getStore();
  if (around !== undefined) Object.assign(around, fields);
}

/**
 * Creates the log of a process: a line of JSON with time, level, component and the fields of the work,
 * for a person at a terminal a readable one. Warnings and errors go to standard
 * error, which the launcher also shows, all else to standard output.
 *
 * @param component the part of the platform, e.g. "worker"
 * @param level the setting OPNAS_LOG_LEVEL; one that is none counts as `info`, since whoever reads the
 *   settings refuses it with a sentence, for which there must be a log
 */
export function createLog(component: string, level: string | undefined): Logger {
  const known = logLevelSchema.safeParse(level);
  const streams = [
    { level: "trace" as const, stream: destination(process.stdout, 1) },
    { level: "warn" as const, stream: destination(process.stderr, 2) },
  ];
  return pino(
    {
      level: known.success ? known.data : "info",
      base: { component },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...current.getStore() }),
    },
    multistream(streams, { dedupe: true }),
  );
}

/** A written line is out when the call returns, so that the last ones before an exit are not lost. */
function destination(stream: NodeJS.WriteStream, file: number) {
  if (!stream.isTTY) return pino.destination({ dest: file, sync: true });
  return pretty({ destination: file, sync: true, singleLine: true, ignore: "component" });
}

/**
 * Sends everything that this process prints through its console to its log, also what libraries print:
 * an error or what follows the first text is formatted into the line.
 */
export function routeConsole(log: Logger): void {
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (...words: unknown[]): void =>
      log[level](format(...words));
  console.debug = at("debug");
  console.log = at("info");
  console.info = at("info");
  console.warn = at("warn");
  console.error = at("error");
}
