import type { WebhookEvent as StoredEvent, WebhookKind as StoredKind } from "@opnas/prisma";
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../pagination/connection.js";

export const WebhookKind = {
  STANDARD: "STANDARD",
  SLACK: "SLACK",
  EMAIL: "EMAIL",
} as const satisfies { [Name in StoredKind]: Name };
export type WebhookKind = StoredKind;
registerEnumType(WebhookKind, {
  name: "WebhookKind",
  description: "The form in which a webhook's messages are sent.",
  valuesConfig: {
    STANDARD: { description: "JSON by HTTP POST, signed as Standard Webhooks says." },
    SLACK: { description: "A sentence by HTTP POST, as Slack's incoming webhooks take it." },
    EMAIL: { description: "An e-mail, by the mail server that OPNAS_SMTP_URL names." },
  },
});

export const WebhookEvent = {
  RUN_FINISHED: "RUN_FINISHED",
  RUN_FAILED: "RUN_FAILED",
  NEW_BEST: "NEW_BEST",
  TEST: "TEST",
} as const satisfies { [Name in StoredEvent]: Name };
export type WebhookEvent = StoredEvent;
registerEnumType(WebhookEvent, {
  name: "WebhookEvent",
  description: "The occasion of a webhook's message.",
  valuesConfig: {
    RUN_FINISHED: { description: "A run is done: its budget of candidates is evaluated." },
    RUN_FAILED: { description: "A run failed." },
    NEW_BEST: { description: "A candidate scored higher than all before it in its run." },
    TEST: { description: "Somebody called testWebhook; no webhook can ask for it." },
  },
});

@ObjectType({ description: "A subscription of an address to what happens to runs." })
export class Webhook {
  @Field(() => ID, { description: "The webhook's identifier, a UUID." })
  id!: string;

  @Field(() => WebhookKind, { description: "The form in which its messages are sent." })
  kind!: WebhookKind;

  @Field(() => String, { description: "The URL or e-mail address that it sends to." })
  target!: string;

  @Field(() => [WebhookEvent], { description: "The occasions on which it sends." })
  events!: WebhookEvent[];

  @Field(() => ID, {
    nullable: true,
    description: "The id of the team whose runs it hears of. Null: those of all teams.",
  })
  teamId!: string | null;

  @Field(() => Date, { description: "The time at which it was made." })
  createdAt!: Date;
}

@ObjectType({ description: "A webhook that was just made, with what is shown only once." })
export class NewWebhook {
  @Field(() => Webhook, { description: "The webhook." })
  webhook!: Webhook;

  @Field(() => String, {
    nullable: true,
    description:
      "The key by which a receiver checks the signatures, whsec_ and base64. It is never shown again. Null for Slack and e-mail, whose messages are not signed.",
  })
  secret!: string | null;
}

@ObjectType({ description: "A message to a webhook: to be sent, sent or given up." })
export class WebhookDelivery {
  @Field(() => ID, {
    description: "The message's identifier, the same at every attempt: its header webhook-id.",
  })
  id!: string;

  @Field(() => WebhookEvent, { description: "The occasion." })
  event!: WebhookEvent;

  @Field(() => ID, { nullable: true, description: "The id of the run. Null for a test." })
  runId!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "The seq of the run's event that it is about. Null for a test.",
  })
  seq!: number | null;

  @Field(() => Int, { description: "The number of attempts to send it." })
  attempts!: number;

  @Field(() => Date, {
    nullable: true,
    description: "The time of the next attempt. Null once it is delivered or given up.",
  })
  dueAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: "The HTTP status of the newest answer. Null without one.",
  })
  httpStatus!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "A sentence about the newest failure. Null before the first and after a success.",
  })
  error!: string | null;

  @Field(() => Date, { description: "The time at which it was written." })
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which the receiver took it. Null before.",
  })
  deliveredAt!: Date | null;
}

export const WebhookDeliveryConnection = connectionOf(
  WebhookDelivery,
  (loaders) => loaders.webhookDelivery,
);

@InputType({ description: "A webhook to make." })
export class CreateWebhookInput {
  @Field(() => WebhookKind, {
    defaultValue: WebhookKind.STANDARD,
    description: "The form of its messages.",
  })
  kind!: WebhookKind;

  @Field(() => String, {
    description:
      "The URL, which begins with https:// or http://, or the e-mail address, to send to; up to 2,000 characters.",
  })
  target!: string;

  @Field(() => [WebhookEvent], { description: "The occasions on which to send, one or more." })
  events!: WebhookEvent[];

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the team that owns it, whose runs it hears of. By default the first of one's own teams, by name; for administrators and without accounts none, so that it hears of all runs.",
  })
  teamId?: string | null;
}
