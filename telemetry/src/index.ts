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
