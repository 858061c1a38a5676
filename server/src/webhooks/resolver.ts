import { randomBytes } from "node:crypto";
import { OpnasError, whenValid } from "@opnas/core";
import {
  Prisma,
  type Webhook as WebhookRow,
  type WebhookDelivery as DeliveryRow,
} from "@opnas/prisma";
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { z } from "zod";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
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

/** The most webhooks of a platform. */
const maxWebhooks = 50;

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
  @Query(() => [Webhook], { description: "The webhooks, the oldest first." })
  webhooks(@Ctx() { database }: Context): Promise<WebhookRow[]> {
    return database.webhook.findMany({ orderBy: { createdAt: "asc" }, take: maxWebhooks });
  }

  @Query(() => WebhookDeliveryConnection, {
    description: "The messages to a webhook, the newest first. Empty for one that there is not.",
  })
  webhookDeliveries(
    @Arg("webhookId", () => ID, idArgument) id: string,
    @Args(() => PageArguments) { first, after, last, before }: PageArguments,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    const isOf = isRowId(id) ? Prisma.sql`d."webhookId" = ${id}::uuid` : Prisma.sql`false`;
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
      "Makes a webhook: from now on its address hears of these events of all runs. Returns it with the key of its signatures.",
  })
  async createWebhook(
    @Arg("input", () => CreateWebhookInput, { description: "The webhook to make." })
    input: CreateWebhookInput,
    @Ctx() { database }: Context,
  ): Promise<{ webhook: WebhookRow; secret: string | null }> {
    const { kind, target, events: given } = parseInput(inputSchema, input, "input");
    if ((await database.webhook.count()) >= maxWebhooks) {
      const message = `There are ${maxWebhooks} webhooks, the most that a platform may have. Delete one first.`;
      throw new OpnasError("TOO_LARGE", message);
    }
    const isSigned = kind === WebhookKind.STANDARD;
    const secret = isSigned ? `whsec_${randomBytes(24).toString("base64")}` : null;
    const data = { kind, target, secret, events: [...new Set(given)] };
    return { webhook: await database.webhook.create({ data }), secret };
  }

  @Mutation(() => Webhook, {
    description:
      "Deletes a webhook with its messages, also those not sent yet. Returns what it was.",
  })
  async deleteWebhook(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<WebhookRow> {
    const webhook = await existing(database, id);
    await database.webhook.deleteMany({ where: { id } });
    return webhook;
  }

  @Mutation(() => WebhookDelivery, {
    description: "Sends a test to a webhook at once, one time, and returns what came of it.",
  })
  async testWebhook(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database, webhooks }: Context,
  ): Promise<DeliveryRow> {
    await existing(database, id);
    const data = { webhookId: id, event: WebhookEvent.TEST, attempts: 1, dueAt: null };
    return webhooks.send(await database.webhookDelivery.create({ data }));
  }
}

async function existing(database: Context["database"], id: string): Promise<WebhookRow> {
  const webhook = isRowId(id) ? await database.webhook.findUnique({ where: { id } }) : null;
  if (webhook === null) throw notFound("webhook", id);
  return webhook;
}
