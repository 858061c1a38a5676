import { tmpdir } from "node:os";
import path from "node:path";
import type { FormattedExecutionResult } from "graphql";
import { type Client, createClient } from "graphql-ws";
import WebSocket from "ws";
import { z } from "zod";
import type { IdentitySettings } from "../identity/settings.js";
import type { Log } from "../log.js";
import { type RunningServer, startServer } from "../server.js";
import {
  localLimits,
  type ServerLimits,
  type ServerSettings,
  type WebhookSettings,
} from "../settings.js";

/** The portal's port in the settings of the servers of these tests. */
export const webPort = 3999;

/** Creates a log that keeps its lines for assertions. */
export function rememberingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  return { lines, info: (line) => void lines.push(line), error: (line) => void lines.push(line) };
}

/** A whole server under test. */
export interface TestServer extends RunningServer {
  url: string;
  log: ReturnType<typeof rememberingLog>;
  /** Sends an operation over HTTP and returns the response's JSON. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** Sends an operation that must succeed and returns its data, parsed by a schema. */
  read<T>(form: z.ZodType<T>, query: string, variables?: Record<string, unknown>): Promise<T>;
}

/** The form of a response. */
export const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.looseObject({ message: z.string(), extensions: z.looseObject({ code: z.string() }) }))
    .optional(),
});
/** The JSON of a response. */
export type Answer = z.infer<typeof answerSchema>;

/** A folder of artifacts that is not there, unless a test makes one. */
const artifactFolder = path.join(tmpdir(), "opnas-no-artifacts");

/** Settings of a server of the machine's owner, without accounts. */
const localIdentity: IdentitySettings = {
  mode: "local",
  secret: undefined,
  localToken: "others",
  dataFolder: undefined,
  trustedProxies: [],
  oidc: undefined,
};

/** Starts the whole server on a free port, over the database at `databaseUrl`. */
export async function testServer(
  databaseUrl: string,
  changes: Partial<
    IdentitySettings &
      ServerLimits &
      WebhookSettings &
      Pick<ServerSettings, "artifacts" | "publicUrl" | "textFolder">
  > = {},
): Promise<TestServer> {
  const log = rememberingLog();
  const server = await startServer(
    {
      databaseUrl,
      host: "127.0.0.1",
      port: 0,
      webPort,
      publicUrl: changes.publicUrl,
      dataFolder: artifactFolder,
      artifacts: changes.artifacts ?? { kind: "folder", folder: artifactFolder },
      textFolder: changes.textFolder,
      identity: { ...localIdentity, ...changes },
      limits: { ...localLimits, ...changes },
      webhooks: {
        allowPrivate: false,
        smtpUrl: undefined,
        mailFrom: "opnas@test.example",
        ...changes,
      },
    },
    log,
  );
  const url = `http://127.0.0.1:${server.port}/graphql`;
  const ask = async (query: string, variables?: Record<string, unknown>): Promise<Answer> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return answerSchema.parse(await response.json());
  };
  const read = async <T>(
    form: z.ZodType<T>,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<T> => {
    const { data, errors } = await ask(query, variables);
    if (errors !== undefined) throw new Error(`${query} failed: ${JSON.stringify(errors)}`);
    return form.parse(data);
  };
  return { ...server, url, log, ask, read };
}

/** Creates a graphql-ws client that does not reconnect by itself, with a header in its first message. */
export function webSocketClient(port: number, authorization?: string): Client {
  return createClient({
    ...(authorization === undefined ? {} : { connectionParams: { authorization } }),
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
}

/** A subscription that collects its messages as they arrive. */
export class Subscription<T> {
  readonly messages: FormattedExecutionResult<T, unknown>[] = [];
  private readonly client: Client;
  private readonly iterator: AsyncIterableIterator<FormattedExecutionResult<T, unknown>>;
  /** Resolves when the subscription ends, with the reason if there is one. */
  private readonly gathering: Promise<unknown>;

  constructor(
    port: number,
    query: string,
    variables?: Record<string, unknown>,
    authorization?: string,
  ) {
    this.client = webSocketClient(port, authorization);
    this.iterator = this.client.iterate<T>({ query, variables: variables ?? null });
    this.gathering = this.gather().then(
      () => undefined,
      (reason: unknown) => reason,
    );
  }

  /** Waits until the messages meet the condition. */
  async until(isMet: (messages: FormattedExecutionResult<T, unknown>[]) => boolean): Promise<void> {
    await eventually(() => isMet(this.messages));
  }

  /** Ends the subscription and its connection, as a client does. */
  async leave(): Promise<void> {
    await this.iterator.return?.();
    await this.client.dispose();
    await this.gathering;
  }

  /** Resolves when the server or the connection ends it, with the reason if there is one. */
  ended(): Promise<unknown> {
    return this.gathering;
  }

  private async gather(): Promise<void> {
    for await (const message of this.iterator) this.messages.push(message);
  }
}

/** Polls a condition until it is met. @throws Error after ten seconds */
export async function eventually(isMet: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isMet())) {
    if (Date.now() > deadline) throw new Error(`This did not come true: ${isMet.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
