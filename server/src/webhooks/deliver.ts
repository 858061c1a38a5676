import { OpnasError } from "@opnas/core";
import type { Database, Webhook, WebhookDelivery } from "@opnas/prisma";
import { createTransport } from "nodemailer";
import { Webhook as Signer } from "standardwebhooks";
import type { WebhookSettings } from "../settings.js";
import { type Message, messageOf } from "./message.js";
import { post } from "./post.js";

/** Milliseconds that a mail server may take for each step. */
const mailMilliseconds = 15_000;

/** Outcome of an attempt to send a message: the HTTP status, and why it failed; null if it did not. */
export interface Outcome {
  httpStatus: number | null;
  error: string | null;
}

/** Sends a message to its webhook once. An attempt that fails is an outcome, too. */
export async function deliver(
  database: Database,
  settings: WebhookSettings,
  webhook: Webhook,
  delivery: WebhookDelivery,
): Promise<Outcome> {
  try {
    const message = await messageOf(database, delivery);
    if (webhook.kind === "EMAIL") {
      await mail(settings, webhook.target, message);
      return { httpStatus: null, error: null };
    }
    const { body, headers } = form(webhook, delivery, message);
    const httpStatus = await post(new URL(webhook.target), body, headers, settings.allowPrivate);
    const isTaken = httpStatus >= 200 && httpStatus < 300;
    const moved = httpStatus >= 300 && httpStatus < 400 ? " Redirects are not followed." : "";
    const error = `The receiver answered with status ${httpStatus}.${moved}`;
    return { httpStatus, error: isTaken ? null : error };
  } catch (error) {
    return { httpStatus: null, error: sentenceOf(error) };
  }
}

/** Returns a message's body and headers: signed as Standard Webhooks says, or as Slack takes it. */
function form({ secret }: Webhook, { id, createdAt }: WebhookDelivery, message: Message) {
  const { type, text, data } = message;
  if (secret === null)
    return { body: JSON.stringify({ text: escapedForSlack(text) }), headers: {} };
  const body = JSON.stringify({ type, timestamp: createdAt.toISOString(), data });
  const now = new Date();
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Signer(secret).sign(id, now, body),
  };
  return { body, headers };
}

/** Escapes what Slack reads as links and mentions. */
function escapedForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function mail({ smtpUrl, mailFrom }: WebhookSettings, to: string, { text, data }: Message) {
  if (smtpUrl === undefined) {
    throw new OpnasError("BAD_SETTING", "No mail server is set: OPNAS_SMTP_URL names it.");
  }
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: mailMilliseconds,
    greetingTimeout: mailMilliseconds,
    socketTimeout: mailMilliseconds,
  });
  const lines = Object.entries(data).map(([name, value]) => `${name}: ${value ?? "none"}`);
  await transport.sendMail({
    from: mailFrom,
    to: { name: "", address: to },
    subject: `OP-NAS: ${text.slice(0, 150)}`,
    text: `${text}\n\n${lines.join("\n")}\n`,
  });
}

/** Returns a sentence about a failed attempt; what a library says is cut. */
function sentenceOf(error: unknown): string {
  if (error instanceof OpnasError) return error.message;
  const { message } = error instanceof Error ? error : new Error(String(error));
  return `It could not be sent: ${message.slice(0, 300).toWellFormed()}.`;
}
