import { createRequire } from "node:module";
import path from "node:path";
import { type RequestHandler, Router } from "express";

const require = createRequire(import.meta.url);

/** Files of the explorer by their names in the page, from the packages that they come with. */
const files: Readonly<Record<string, readonly [packageName: string, file: string]>> = {
  "graphql-ws.js": ["graphql-ws", "umd/graphql-ws.min.js"],
  "graphiql.js": ["graphiql", "graphiql.min.js"],
  "graphiql.css": ["graphiql", "graphiql.min.css"],
  "react.js": ["react", "umd/react.production.min.js"],
  "react-dom.js": ["react-dom", "umd/react-dom.production.min.js"],
};

const folder = "explorer";

/** Starts GraphiQL; a file of its own, since the page's policy runs no script within it. */
const script = `const address = new URL("graphql", location.href);
const socketAddress = new URL(address);
socketAddress.protocol = address.protocol.replace("http", "ws");
const wsClient = graphqlWs.createClient({ url: socketAddress.href });
const fetcher = GraphiQL.createFetcher({ url: address.href, wsClient });
ReactDOM.createRoot(document.getElementById("explorer")).render(
  React.createElement(GraphiQL, { fetcher }),
);
`;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>GraphQL · OP-NAS</title>
    <link rel="stylesheet" href="graphql/${folder}/graphiql.css" />
    <link rel="stylesheet" href="graphql/${folder}/explorer.css" />
    <script src="graphql/${folder}/react.js" defer></script>
    <script src="graphql/${folder}/react-dom.js" defer></script>
    <script src="graphql/${folder}/graphql-ws.js" defer></script>
    <script src="graphql/${folder}/graphiql.js" defer></script>
    <script src="graphql/${folder}/explorer.js" defer></script>
  </head>
  <body>
    <div id="explorer"></div>
  </body>
</html>
`;

/**
 * What the explorer's page may load: its own files, and icons and the like that are written into them.
 * The editor sets styles on its elements. Addresses are relative, for a proxy may serve all below a path.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Returns the routes of the API's explorer (GraphiQL) below the API's address: a browser that asks for
 * the address gets a page in which queries can be written and sent, and subscriptions followed. Nothing comes from another host.
 */
export function explorer(): Router {
  const router = Router();
  router.get("/", servePage);
  router.get(`/${folder}/explorer.js`, (_request, response) => {
    response.type("text/javascript").send(script);
  });
  router.get(`/${folder}/explorer.css`, (_request, response) => {
    response.type("text/css").send("body { margin: 0 } #explorer { height: 100dvh }");
  });
  router.get(`/${folder}/:name`, (request, response, next) => {
    const file = Object.hasOwn(files, request.params.name) ? files[request.params.name] : undefined;
    if (file === undefined) {
      next();
      return;
    }
    const [packageName, name] = file;
    const root = path.dirname(require.resolve(`${packageName}/package.json`));
    response.set("Cache-Control", "max-age=3600").sendFile(name, { root });
  });
  return router;
}

const servePage: RequestHandler = (request, response, next) => {
  const isQuery = "query" in request.query;
  if (isQuery || request.accepts(["json", "html"]) !== "html") {
    next();
    return;
  }
  response.set("Content-Security-Policy", policy).type("html").send(page);
};
