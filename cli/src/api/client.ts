import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { z } from "zod";
import { CliError, exitCodes } from "./error.js";

const answerSchema = z.object({
  data: z.unknown(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string() }).partial().optional(),
      }),
    )
    .optional(),
});

/** Codes that say that the request was wrong, not the platform. */
const usageCodes = ["BAD_INPUT", "BAD_USER_INPUT", "BAD_SETTING", "GRAPHQL_VALIDATION_FAILED"];

/** The platform's GraphQL API at one address (http://host:port/graphql). */
export class Api {
  constructor(readonly address: string) {}

  /**
   * Sends one query or mutation and checks the answer.
   *
   * @throws CliError with the API's own sentence, or saying that nothing answers at the address
   */
  async request<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    schema: z.ZodType<Result>,
  ): Promise<Result> {
    const answer = answerSchema.safeParse(await this.post(print(document), variables));
    if (!answer.success) {
      throw new CliError(
        `${this.address} does not speak GraphQL: is it the platform's API?`,
        exitCodes.failed,
      );
    }
    const problem = answer.data.errors?.[0];
    if (problem !== undefined) {
      const isUsage = usageCodes.includes(problem.extensions?.code ?? "");
      throw new CliError(problem.message, isUsage ? exitCodes.usage : exitCodes.failed);
    }
    return checked(schema, answer.data.data);
  }

  private async post(query: string, variables: unknown): Promise<unknown> {
    try {
      const response = await fetch(this.address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(30_000),
      });
      return await response.json();
    } catch (cause) {
      throw new CliError(
        `Nothing answers at ${this.address}: start the platform (npm start), or name its address with --api.`,
        exitCodes.failed,
        { cause },
      );
    }
  }

  /**
   * Follows a subscription until the server or `signal` ends it; every message is checked. A lost
   * connection is thrown: the caller knows from where to go on.
   */
  async *subscribe<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    schema: z.ZodType<Result>,
    signal: AbortSignal,
  ): AsyncGenerator<Result, void, void> {
    const client = createClient({
      url: this.address.replace(/^http/, "ws"),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      keepAlive: 10_000,
    });
    const messages = client.iterate({ query: print(document), variables });
    const end = () => void client.dispose();
    signal.addEventListener("abort", end, { once: true });
    try {
      for await (const message of messages) {
        const problem = message.errors?.[0];
        if (problem !== undefined) throw new CliError(problem.message, exitCodes.failed);
        yield checked(schema, message.data);
      }
    } finally {
      signal.removeEventListener("abort", end);
      await client.dispose();
    }
  }
}

function checked<Result>(schema: z.ZodType<Result>, data: unknown): Result {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CliError(
    `The API's answer is not what this version of opnas expects (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}).`,
    exitCodes.failed,
  );
}
