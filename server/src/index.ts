import "reflect-metadata";
export { createContext, type Context } from "./context.js";
export { localPrincipal } from "./identity/principal.js";
export { createSchema } from "./schema.js";
export { type RunningServer, startServer } from "./server.js";
export { readSettings, type ServerSettings } from "./settings.js";
