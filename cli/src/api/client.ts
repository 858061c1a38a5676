import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type DocumentNode, Kind, print } from "graphql";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { z } from "zod";
import { besideGraphql } from "./besideGraphql.js";
import { CliError, exitCodes } from "./error.js";
import { tokenFor } from "./token.js";

/** An answer of a GraphQL server; one to a document that was not valid has errors and no data. */
const answerSchema = z
  .object({
    data: z.unknown().optional(),
    errors: z
      .array(
        z.object({
          message: z.string(),
          extensions: z.object({ code: z.string() }).partial().optional(),
        }),
      )
      .optional(),
  })
  .refine((answer) => "data" in answer || answer.errors !== undefined);

/** Codes of errors that lie in the request, not in the platform. */
const usageCodes = [
  "BAD_INPUT",
  "BAD_USER_INPUT",
  "BAD_SETTING",
  "GRAPHQL_VALIDATION_FAILED",
  "NOT_FOUND",
];

/**
 * The platform's GraphQL API at one address (http://host:port/graphql).
 *
 * The types of answers are those that are generated from the documents and server/schema.graphql.
 * No schema is written by hand beside them: the server validates a document before it runs it and
 * gives each field the type that its schema states, so data without an error has the generated
 * type. A server with another schema answers with a GraphQL error, which is shown; an answer that
 * lacks a field of the document, as something other than a GraphQL server gives it, is refused.
 */
export class Api {
  /**
   * @param token the API key or token to send; by default the one that is found for this address
   * @param cookie the cookie of a session, which is sent instead
   */
  constructor(
    readonly address: string,
    readonly token: string | undefined = tokenFor(address),
    private readonly cookie?: string,
  ) {}

  /** Signs in by password. @returns the API as the session uses it @throws CliError when refused */
  async signIn(email: string, password: string): Promise<Api> {
    const body = JSON.stringify({ email, password });
    const response = await this.send(besideGraphql(this.address, "/auth/sign-in/email"), body);
    const [cookie] = response.headers.getSetCookie();
    if (response.ok && cookie !== undefined) {
      return new Api(this.address, undefined, cookie.split(";")[0]);
    }
    const message =
      response.status === 404 ? "has no accounts" : "knows no such account and password";
    throw new CliError(`${this.address} ${message}.`, exitCodes.failed);
  }

  /** Ends the session. */
  async signOut(): Promise<void> {
    await this.send(besideGraphql(this.address, "/auth/sign-out"), "{}");
  }

  /** Returns the headers that say who asks. */
  credentials(): Record<string, string> {
    if (this.cookie !== undefined) return { cookie: this.cookie };
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  /** Sends JSON to an address of the API. */
  private async send(url: URL, body: string): Promise<Response> {
    return fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.cookie === undefined ? {} : { origin: url.origin }),
        ...this.credentials(),
      },
      body,
      signal: AbortSignal.timeout(30_000),
    });
  }

  /**
   * Sends one query or mutation.
   *
   * @throws CliError with the API's own sentence, or saying that nothing answers at the address
   */
  async request<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const answer = answerSchema.safeParse(await this.post(print(document), variables));
    if (!answer.success) {
      throw new CliError(
        `${this.address} does not speak GraphQL: is it the platform's API?`,
        exitCodes.failed,
      );
    }
    const error = answer.data.errors?.[0];
    if (error !== undefined) {
      const isUsage = usageCodes.includes(error.extensions?.code ?? "");
      throw new CliError(error.message, isUsage ? exitCodes.usage : exitCodes.failed);
    }
    return dataOf(document, answer.data.data);
  }

  /**
   * Sends a mutation whose input has an idempotency key, and sends it again, twice at most, when the
   * answer was lost on its way: whatever the first did, it is done once.
   *
   * @throws CliError as `request` does
   */
  async requestOnce<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables & { input: { idempotencyKey: string } },
  ): Promise<Result> {
    for (const pause of [500, 2_000]) {
      try {
        return await this.request(document, variables);
      } catch (error) {
        if (!(error instanceof LostAnswer)) throw error;
        await sleep(pause);
      }
    }
    return this.request(document, variables);
  }

  private async post(query: string, variables: unknown): Promise<unknown> {
    try {
      const body = JSON.stringify({ query, variables });
      const response = await this.send(new URL(this.address), body);
      return await response.json();
    } catch (cause) {
      if (isLost(cause)) {
        const message = `${this.address} took the request but gave no answer: look whether the platform is well, and with opnas runs what it has started.`;
        throw new LostAnswer(message, exitCodes.failed, { cause });
      }
      throw new CliError(
        `Nothing answers at ${this.address}: start the platform (npm start), or name its address with --api.`,
        exitCodes.failed,
        { cause },
      );
    }
  }

  /**
   * Follows a subscription until the server or `signal` ends it. A lost connection is thrown: the
   * caller knows from where to go on.
   *
   * @throws CliError with the API's own sentence
   */
  async *subscribe<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<Result, void, void> {
    const client = createClient({
      url: this.address.replace(/^http/, "ws"),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      keepAlive: 10_000,
      connectionParams: this.credentials(),
    });
    const messages = client.iterate({ query: print(document), variables });
    const end = () => void client.dispose();
    signal.addEventListener("abort", end, { once: true });
    try {
      for await (const message of messages) {
        const error = message.errors?.[0];
        if (error !== undefined) throw new CliError(error.message, exitCodes.failed);
        yield dataOf(document, message.data);
      }
    } finally {
      signal.removeEventListener("abort", end);
      await client.dispose();
    }
  }
}

/** An error for a request that may have been carried out, although no answer came. */
class LostAnswer extends CliError {}

/** Reports whether a connection ended, or stayed silent for too long, after the request was sent. */
function isLost(error: unknown): boolean {
  if (error instanceof Error && error.name === "TimeoutError") return true;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/.test(code);
}

/**
 * The data of an answer, as the type generated from its document.
 *
 * @throws CliError when a field that the document asks for is not there
 */
function dataOf<Result>(document: TypedDocumentNode<Result, never>, data: unknown): Result {
  const fields = rootFields(document);
  const isData = (value: unknown) =>
    typeof value === "object" && value !== null && fields.every((field) => field in value);
  const result = z.custom<Result>(isData).safeParse(data);
  if (result.success) return result.data;
  throw new CliError(
    `The API's answer is not what this version of opnas expects (${fields.join(", ")}: missing).`,
    exitCodes.failed,
  );
}

/** The names of the fields at the top of a document's operation. */
function rootFields({ definitions }: DocumentNode): string[] {
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
}
