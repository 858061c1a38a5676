import { randomBytes } from "node:crypto";
import { OpnasError, whenValid } from "@opnas/core";
import {
  ofPresentTeam,
  Prisma,
  type Webhook as WebhookRow,
  type WebhookDelivery as DeliveryRow,
} from "@opnas/prisma";
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { z } from "zod";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { callersTeam } from "../identity/ownership.js";
import { webhooksOf } from "../identity/visible.js";
import { isRowId, parseInput, text } from "../input.js";
import { notFound } from "../notFound.js";
import { type Page, readPage } from "../pagination/keyset.js";
import { PageArguments } from "../pagination/types.js";
import {
  CreateWebhookInput,
  NewWebhook,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookEvent,
  WebhookKind,
} from "./types.js";

/** The most webhooks of a team, and of those that hear of all teams. */
const maxWebhooks = 50;

/** The most webhooks of one answer. */
const maxListed = 1_000;

const idArgument = { description: "The webhook's id." };

const events = z
  .array(z.enum(WebhookEvent))
  .min(1, "it is empty")
  .max(10, "it names some twice")
  .refine((names) => !names.includes("TEST"), {
    error: "TEST is not for webhooks to ask for",
    when: whenValid,
  });

const inputSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("EMAIL"),
    target: text(200).pipe(z.email("it is not an e-mail address")),
    events,
  }),
  z.object({
    kind: z.enum(["STANDARD", "SLACK"]),
    target: text(2_000).refine(isUrl, {
      error: "it is not an address such as https://example.org/hook, without a user's name",
      when: whenValid,
    }),
    events,
  }),
]);

function isUrl(target: string): boolean {
  if (!URL.canParse(target)) return false;
  const { protocol, username, password } = new URL(target);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

@Resolver()
export class WebhookResolver {
  @UsualLength(10)
  @Query(() => [Webhook], {
    description: `The webhooks of one's teams, for administrators all, the oldest first, at most ${maxListed}.`,
  })
  webhooks(@Ctx() { database, teamIds }: Context): Promise<WebhookRow[]> {
    const where = webhooksOf(teamIds);
    return database.webhook.findMany({ where, orderBy: { createdAt: "asc" }, take: maxListed });
  }

  @Query(() => WebhookDeliveryConnection, {
    description: "The messages to a webhook, the newest first.",
  })
  async webhookDeliveries(
    @Arg("webhookId", () => ID, idArgument) id: string,
    @Args(() => PageArguments) { first, after, last, before }: PageArguments,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    await existing({ database }, id);
    const isOf = Prisma.sql`d."webhookId" = ${id}::uuid`;
    const source = {
      from: Prisma.sql`"WebhookDelivery" d`,
      id: Prisma.sql`d.id`,
      conditions: [isOf],
    };
    const sql = Prisma.sql`d."createdAt"`;
    const column = { name: "createdAt", sql, type: "timestamptz", nullable: false } as const;
    const page = { first, after, last, before };
    return readPage(database, source, { ...page, column, direction: "DESC" });
  }

  @Mutation(() => NewWebhook, {
    description:
      "Makes a webhook: from now on its address hears of these events of its team's runs, or of all. Returns it with the key of its signatures.",
  })
  async createWebhook(
    @Arg("input", () => CreateWebhookInput, { description: "The webhook to make." })
    input: CreateWebhookInput,
    @Ctx() context: Context,
  ): Promise<{ webhook: WebhookRow; secret: string | null }> {
    const { database } = context;
    const { kind, target, events: given } = parseInput(inputSchema, input, "input");
    const teamId = await owningTeam(context, input.teamId);
    if ((await database.webhook.count({ where: { teamId } })) >= maxWebhooks) {
      const message = `There are ${maxWebhooks} webhooks, the most of a team or for all teams. Delete one first.`;
      throw new OpnasError("TOO_LARGE", message);
    }
    const isSigned = kind === WebhookKind.STANDARD;
    const secret = isSigned ? `whsec_${randomBytes(24).toString("base64")}` : null;
    const data = { kind, target, secret, teamId, events: [...new Set(given)] };
    const webhook = await ofPresentTeam(teamId, () => database.webhook.create({ data }));
    return { webhook, secret };
  }

  @Mutation(() => Webhook, {
    description:
      "Deletes a webhook with its messages, also those not sent yet. Returns what it was.",
  })
  async deleteWebhook(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() context: Context,
  ): Promise<WebhookRow> {
    const { database } = context;
    const webhook = await existing(context, id);
    await database.webhook.deleteMany({ where: { id } });
    return webhook;
  }

  @Mutation(() => WebhookDelivery, {
    description: "Sends a test to a webhook at once, one time, and returns what came of it.",
  })
  async testWebhook(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() context: Context,
  ): Promise<DeliveryRow> {
    const { database, webhooks } = context;
    await existing(context, id);
    const data = { webhookId: id, event: WebhookEvent.TEST, attempts: 1, dueAt: null };
    return webhooks.send(await database.webhookDelivery.create({ data }));
  }
}

async function existing({ database }: Pick<Context, "database">, id: string): Promise<WebhookRow> {
  const webhook = isRowId(id) ? await database.webhook.findUnique({ where: { id } }) : null;
  if (webhook === null) throw notFound("webhook", id);
  return webhook;
}

/**
 * Finds the team that is to own a new webhook; null for one that hears of all teams.
 * @throws InputError for a team that is none of the caller's, OpnasError `FORBIDDEN` for an account
 * without a team
 */
async function owningTeam(
  caller: Pick<Context, "database" | "principal" | "teamIds">,
  teamId: string | null | undefined,
): Promise<string | null> {
  if (teamId == null && caller.teamIds === undefined) return null;
  return (await callersTeam(caller, teamId)).id;
}
