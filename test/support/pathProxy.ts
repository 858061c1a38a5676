import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { Duplex } from "node:stream";

/** A proxy that serves a platform below a path of its host, and other pages at the rest of it. */
export class PathProxy {
  private constructor(
    private readonly server: Server,
    readonly port: number,
    readonly path: string,
  ) {}

  /** Starts on a free port; requests are answered 502 until the platform is named. */
  static async start(path: string): Promise<PathProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
    return new PathProxy(server, address.port, path);
  }

  /** The address of the platform, which is OPNAS_PUBLIC_URL. */
  get url(): string {
    return `http://localhost:${String(this.port)}${this.path}`;
  }

  /** Passes addresses on as they are: some to the API, the others below the path to the portal. */
  serve({ apiPort, webPort }: { apiPort: number; webPort: number }): void {
    const isOfApi = new RegExp(`^${this.path}/(graphql$|graphql\\?|auth/|export/|import/)`);
    const portOf = (url: string) => (isOfApi.test(url) ? apiPort : webPort);
    this.server.on("request", (incoming, answer) => {
      const url = incoming.url ?? "/";
      if (!url.startsWith(this.path)) {
        answer.writeHead(418).end("Another page of this host.");
        return;
      }
      const outgoing = pass(incoming, portOf(url));
      outgoing.on("response", (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      outgoing.on("error", () => answer.destroy());
      incoming.pipe(outgoing);
    });
    this.server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      const outgoing = pass(incoming, portOf(incoming.url ?? "/"));
      outgoing.on("upgrade", (response, peer) => {
        const lines = Object.entries(response.headers).map(
          ([name, value]) => `${name}: ${String(value)}`,
        );
        socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
        peer.write(head);
        peer.pipe(socket).pipe(peer);
        for (const end of [peer, socket])
          end.on("error", () => [peer, socket].forEach((each) => each.destroy()));
      });
      outgoing.on("error", () => socket.destroy());
      outgoing.end();
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

function pass({ method, url, headers }: IncomingMessage, port: number) {
  return request({ host: "127.0.0.1", port, method, path: url, headers });
}
