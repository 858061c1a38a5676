import { once } from "node:events";
import { type ClientRequest, IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { checkedAddresses, lookupOf } from "./address.js";

/** Milliseconds that a receiver may take to answer. */
const answerMilliseconds = 15_000;

/**
 * Posts a body to a webhook's URL and returns the status of the answer, whose body is not read.
 * Redirects are not followed: their target would be an address that nobody gave.
 * @throws OpnasError `FORBIDDEN`, `NOT_FOUND`; errors of the connection
 */
export async function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  allowPrivate: boolean,
): Promise<number> {
  const addresses = await checkedAddresses(url, allowPrivate);
  const send = url.protocol === "https:" ? overHttps : overHttp;
  const sending: ClientRequest = send(url, {
    method: "POST",
    headers: {
      ...headers,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "opnas-webhooks",
    },
    lookup: lookupOf(addresses),
    agent: false,
    signal: AbortSignal.timeout(answerMilliseconds),
  });
  sending.end(body);
  const answered: unknown[] = await once(sending, "response");
  sending.on("error", () => undefined); // It is destroyed with the answer's body unread.
  sending.destroy();
  const [answer] = answered;
  return answer instanceof IncomingMessage ? (answer.statusCode ?? 0) : 0;
}
