import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";
import { z } from "zod";

/** A real provider of OpenID Connect on loopback, at which anybody signs in under any name. */
export interface OpenIdProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Lets a client of this redirect address in, and answers from now on. */
  serve(redirectUri: string): void;
  /** Answers every request with this status from now on, as a broken provider does. */
  fail(status: number): void;
  /** Answers no request from now on. */
  hang(): void;
  stop(): Promise<void>;
}

/** Starts the provider; who signs in as NAME has NAME@example.org, verified unless it is "unverified". */
export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  let handler: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => handler(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const issuer = `http://127.0.0.1:${port}`;
  const client = { clientId: "opnas", clientSecret: "the client's secret" };
  return {
    issuer,
    ...client,
    serve: (redirectUri) => {
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: client.clientId,
            client_secret: client.clientSecret,
            redirect_uris: [redirectUri],
          },
        ],
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
        findAccount: (_context, name) => ({
          accountId: name,
          claims: () => ({
            sub: name,
            email: `${name}@example.org`,
            email_verified: !name.startsWith("unverified"),
            name: `${name} of the provider`,
          }),
        }),
        cookies: { keys: ["a key of these tests"] },
        pkce: { required: () => true },
      });
      const answer = provider.callback();
      handler = (request, response) => void answer(request, response);
    },
    fail: (status) => {
      handler = (_request, response) => void response.writeHead(status).end();
    },
    hang: () => {
      handler = () => undefined;
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A browser without a screen: it keeps cookies, follows redirects and sends the provider's forms. */
export class FormBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /**
   * Opens an address, and signs in at the provider's forms under a name, or refuses to with null.
   * @returns the first address of the origin `until`, which is not opened
   */
  async signIn(address: string, name: string | null, until: string): Promise<string> {
    let url = new URL(address);
    let form: URLSearchParams | undefined;
    for (let step = 0; step < 20; step++) {
      if (url.origin === until) return url.href;
      const response = await this.send(url, form);
      const location = response.headers.get("location");
      form = undefined;
      if (location !== null) {
        url = new URL(location, url);
        continue;
      }
      const page = await response.text();
      const [, action = ""] = /action="([^"]+)"/.exec(page) ?? [];
      const [, prompt = ""] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
      if (action === "") throw new Error(`${url.href} answered ${response.status}: ${page}`);
      if (name === null) url = new URL(`${action}/abort`, url);
      else {
        url = new URL(action, url);
        form = new URLSearchParams({ prompt, login: name, password: "any" });
      }
    }
    throw new Error(`${address} leads nowhere: the last address is ${url.href}.`);
  }

  /** Sends a request with the cookies of its host, and keeps those that come back. */
  async send(url: URL, body?: URLSearchParams | string): Promise<Response> {
    const cookies = this.cookies.get(url.host) ?? new Map<string, string>();
    this.cookies.set(url.host, cookies);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = new Headers({ cookie });
    if (typeof body === "string") headers.set("content-type", "application/json");
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      redirect: "manual",
      headers,
      ...(body === undefined ? {} : { body }),
    });
    for (const each of response.headers.getSetCookie()) {
      const [pair = ""] = each.split(";");
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === "" || /max-age=0|expires=Thu, 01 Jan 1970/i.test(each)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
}
