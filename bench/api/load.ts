import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** A GraphQL operation with its variables. */
export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

const answerSchema = z.object({ data: z.unknown(), errors: z.array(z.unknown()).optional() });

/** Sends operations to a server over connections that are kept. */
export class GraphqlClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  private readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  /** Sends an operation and returns the text of its answer. @throws Error for any status but 200 */
  send(operation: Operation): Promise<string> {
    const body = JSON.stringify(operation);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          port: this.port,
          host: "127.0.0.1",
          path: "/graphql",
          method: "POST",
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(parts).toString("utf8");
            if (response.statusCode === 200) resolve(text);
            else reject(new Error(`${String(response.statusCode)}: ${text.slice(0, 500)}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Sends an operation and returns its data, parsed by a schema. @throws Error for an answer with errors */
  async read<T>(form: z.ZodType<T>, operation: Operation): Promise<T> {
    const { data, errors } = answerSchema.parse(JSON.parse(await this.send(operation)));
    if (errors !== undefined) throw new Error(JSON.stringify(errors).slice(0, 1_000));
    return form.parse(data);
  }

  close(): void {
    this.agent.destroy();
  }
}

/**
 * Sends an operation at a steady rate, whether or not earlier ones are answered.
 * @returns the milliseconds that each took
 */
export async function atRate(
  client: GraphqlClient,
  operation: Operation,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number[]> {
  const began = performance.now();
  const count = Math.max(1, Math.round(perSecond * seconds));
  const sent: Promise<number>[] = [];
  for (let index = 0; index < count; index++) {
    const due = began + (1000 * index) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    sent.push(client.send(operation).then(() => performance.now() - due));
  }
  return Promise.all(sent);
}

/** Sends one operation after another, so many at a time. @returns the requests answered per second */
export async function closedLoop(
  client: GraphqlClient,
  next: () => Operation,
  { atOnce, seconds }: { atOnce: number; seconds: number },
): Promise<number> {
  const began = performance.now();
  const end = began + 1000 * seconds;
  let answered = 0;
  const loop = async () => {
    while (performance.now() < end) {
      await client.send(next());
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  return (1000 * answered) / (performance.now() - began);
}

/** Returns the value below which a share of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
