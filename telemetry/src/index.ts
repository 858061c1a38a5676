/** The log and the traces of the platform's processes. */
export {
  addLogFields,
  createLog,
  type LogFields,
  logLevels,
  logLevelSchema,
  routeConsole,
  withLogFields,
} from "./log.js";
export { inSpan, startTracing, StepSpans, type Tracing, type Work } from "./tracing.js";
