// The portal as a process of the platform: Next's production server, which says when it serves, answers
// GET /healthz and ends with the launcher or on SIGTERM. Next's own `next start` does not. By itself
// (node start/webServer.mjs) it needs no launcher and knows no database.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { basePathOf } from "./basePath.mjs";
import { isReadablePath } from "./readablePath.mjs";

const hostname = process.env.OPNAS_HOST || "127.0.0.1";
const port = Number(process.env.OPNAS_WEB_PORT || 3000);
const dir = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "web");
const basePath = basePathOf(process.env.OPNAS_PUBLIC_URL);
// Next's settings (web/next.config.mjs) read it again: the pages are built for one path.
process.env.OPNAS_BASE_PATH = basePath;
if (!existsSync(path.join(dir, ".next", basePath && `at${basePath}`, "BUILD_ID"))) {
  const setting = basePath && `OPNAS_BASE_PATH=${basePath} `;
  console.error(`The portal is not built for OPNAS_PUBLIC_URL's path: ${setting}npm run build`);
  process.exit(1);
}

/**
 * The part of Next that is used; its own types would change those of process.env everywhere.
 *
 * @typedef {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => Promise<void>} Handler
 * @type {(options: { dev: boolean, dir: string, hostname: string, port: number }) => { prepare(): Promise<void>, getRequestHandler(): Handler }}
 */
const next = createRequire(path.join(dir, "package.json"))("next");
const app = next({ dev: false, dir, hostname, port });
const handle = app.getRequestHandler();
await app.prepare();
const server = createServer((request, response) => {
  if (request.url === "/healthz") {
    response.setHeader("Content-Type", "application/json").end('{"status":"ok"}');
    return;
  }
  if (!isReadablePath(request.url)) {
    const headers = { "Content-Type": "text/plain", "X-Content-Type-Options": "nosniff" };
    response.writeHead(400, headers).end("This address cannot be read: it is not UTF-8.");
    return;
  }
  handle(request, response).catch((error) => {
    console.error(String(error));
    response.destroy();
  });
});
server.listen(port, hostname);
await once(server, "listening");
process.send?.({ type: "ready", port });

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
}
process.once("SIGTERM", stop).once("SIGINT", stop).once("disconnect", stop);
