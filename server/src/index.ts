export { type RunningServer, startServer } from "./server.js";
export { readSettings, type ServerSettings } from "./settings.js";
