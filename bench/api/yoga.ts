/** The schema and resolvers of the API, served by graphql-yoga; a process of `bench:api`. */
import { createServer } from "node:http";
import {
  createContext,
  createSchema,
  localPrincipal,
  readSettings,
  startServer,
} from "@opnas/server";
import { createYoga } from "graphql-yoga";

const server = await startServer(readSettings({ ...process.env, OPNAS_API_PORT: "0" }));
const yoga = createYoga({
  schema: createSchema(),
  context: () =>
    createContext(server.services, { principal: localPrincipal, ipAddress: undefined }),
  logging: false,
  graphiql: false,
  maskedErrors: false,
});
const http = createServer((request, response) => void yoga(request, response));
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (typeof address === "object") process.send?.({ type: "ready", port: address?.port });
});
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
