import { OpnasError } from "@opnas/core";
import { type ApiKey as ApiKeyRow, createApiKey, revokeApiKey } from "@opnas/prisma";
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { InputError, isRowId, parseInput } from "../input.js";
import { notFound } from "../notFound.js";
import { CreateApiKeyInput, createApiKeySchema } from "./inputs.js";
import { ApiKey, CreatedApiKey } from "./types.js";

/** The most keys of one answer. */
const maxKeys = 1_000;

@Resolver()
export class ApiKeyResolver {
  @UsualLength(20)
  @Query(() => [ApiKey], {
    description: `The API keys of one's own account, the newest first, at most ${maxKeys}. None for the machine's owner.`,
  })
  async apiKeys(@Ctx() { database, principal }: Context): Promise<ApiKeyRow[]> {
    const { userId } = principal;
    if (userId === undefined) return [];
    return database.apiKey.findMany({
      where: { userId },
      orderBy: { createdAt: "desc" },
      take: maxKeys,
    });
  }

  @Mutation(() => CreatedApiKey, {
    description: "Creates an API key. Its secret is in the answer, and nowhere else.",
  })
  async createApiKey(
    @Arg("input", () => CreateApiKeyInput, { description: "The key to create." })
    input: CreateApiKeyInput,
    @Ctx() { database, principal }: Context,
  ): Promise<CreatedApiKey> {
    const { userId, expiresInDays, ...key } = parseInput(createApiKeySchema, input, "input");
    if (principal.kind === "API_KEY") {
      const message =
        "An API key cannot create others: sign in, so that a leaked key ends with itself.";
      throw new OpnasError("FORBIDDEN", message);
    }
    if (userId != null && userId !== principal.userId && principal.role !== "ADMIN") {
      throw new OpnasError("FORBIDDEN", "Only administrators create keys for other accounts.");
    }
    const owner = userId ?? principal.userId;
    if (owner === undefined) {
      const message = "input.userId is missing: the machine's owner has no account of its own.";
      throw new InputError({ path: ["input", "userId"], message });
    }
    return createApiKey(database, { ...key, userId: owner, expiresInDays: expiresInDays ?? null });
  }

  @Mutation(() => ApiKey, {
    description:
      "Revokes an API key for good and ends its open connections: one's own, or as an administrator anybody's.",
  })
  async revokeApiKey(
    @Arg("id", () => ID, { description: "The key's id." }) id: string,
    @Ctx() { database, principal }: Context,
  ): Promise<ApiKeyRow> {
    if (!isRowId(id)) throw notFound("API key", id);
    const { role, userId } = principal;
    return revokeApiKey(database, id, role === "ADMIN" ? undefined : userId);
  }
}
