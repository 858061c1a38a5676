/**
 * Follows the leaderboard with many sockets and notes when each change arrives at each; a process of
 * `bench:api`, so that reading takes no time of the process that writes. Arguments: port and sockets.
 */
import { once } from "node:events";
import WebSocket from "ws";
import { z } from "zod";

const [port, count] = z.tuple([z.coerce.number(), z.coerce.number()]).parse(process.argv.slice(2));

const subscription = `subscription { leaderboardChanged { total removed upserts {
  id key name score stability params flops stepSeconds stepRatio reference generationIndex createdAt
  run { id name preset } } } }`;

/** Sockets that connect at the same time. */
const connectingAtOnce = 50;

/** Texts whose parsed forms are kept: all sockets are told the same few. */
const keptTexts = 16;

const messageSchema = z.object({
  type: z.string(),
  payload: z
    .object({
      data: z
        .object({
          leaderboardChanged: z.object({ upserts: z.array(z.object({ id: z.string() })) }),
        })
        .nullish(),
    })
    .nullish(),
});
const requestSchema = z.object({ type: z.literal("report"), ids: z.array(z.string()) });

/** A message's type and the changed rows it tells of. */
interface Message {
  type: string;
  ids: readonly string[];
}

const parsed = new Map<string, Message>();

function parse(text: string): Message {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const { type, payload } = messageSchema.parse(JSON.parse(text));
  const ids = (payload?.data?.leaderboardChanged.upserts ?? []).map(({ id }) => id);
  const message = { type, ids };
  parsed.set(text, message);
  const [oldest] = parsed.keys();
  if (parsed.size > keptTexts && oldest !== undefined) parsed.delete(oldest);
  return message;
}

/** The milliseconds of the machine's clock that all of its processes share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** When each change first arrived, by its row, for each socket. */
const arrivals: Map<string, number>[] = [];

/** Opens a subscription and resolves with its first message. */
async function follow(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws", {
    perMessageDeflate: false,
  });
  const arrived = new Map<string, number>();
  arrivals.push(arrived);
  await once(socket, "open");
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`The server closed a socket with ${code}.`)));
    socket.on("message", (data: Buffer) => {
      const time = now();
      const text = data.toString("utf8");
      const { type, ids } = parse(text);
      if (type === "connection_ack") {
        const payload = { query: subscription };
        socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
      }
      if (type === "error") reject(new Error(text.slice(0, 500)));
      if (type !== "next") return;
      for (const id of ids) if (!arrived.has(id)) arrived.set(id, time);
      resolve();
    });
    socket.send(JSON.stringify({ type: "connection_init" }));
  });
}

/** Sends when each of these changes arrived at each socket, null where it did not. */
function report(ids: readonly string[]): void {
  const times = arrivals.map((arrived) => ids.map((id) => arrived.get(id) ?? null));
  process.send?.({ type: "times", times });
}

process.on("message", (message) => report(requestSchema.parse(message).ids));
process.on("disconnect", () => process.exit(0));
while (arrivals.length < count) {
  const more = Math.min(connectingAtOnce, count - arrivals.length);
  await Promise.all(Array.from({ length: more }, follow));
}
process.send?.({ type: "ready" });
