import type { Client, FormattedExecutionResult, Sink, SubscribePayload } from "graphql-ws";
import * as z from "@/security/zod";

/**
 * Reads the cursor of a message of a subscription with replay: an event's `seq`, or the step of the
 * last point.
 */
const cursorSchema = z.union([
  z.pipe(
    z.object({ searchEvents: z.object({ seq: z.int() }) }),
    z.transform((data) => data.searchEvents.seq),
  ),
  z.pipe(
    z.object({ trainingMetrics: z.array(z.object({ step: z.int() })).check(z.minLength(1)) }),
    z.transform((data) => data.trainingMetrics.at(-1)?.step ?? 0),
  ),
]);
const afterSchema = z.object({ after: z.int() });

type Result = FormattedExecutionResult;

/**
 * Subscribes so that no message is missed and none arrives twice, even if the connection is lost.
 *
 * graphql-ws sends a subscription's payload again after each reconnect. For `searchEvents` and
 * `trainingMetrics` the payload's `after` is moved to the newest cursor seen, so that the server
 * replays exactly the missed messages. A server that shuts down in order completes its
 * subscriptions first; the client did not ask for that, so the subscription starts again with the
 * next connection.
 */
export function subscribeResuming(
  socket: Client,
  request: SubscribePayload,
  sink: Sink<Result>,
): () => void {
  const start = afterSchema.safeParse(request.variables);
  const variables: Record<string, unknown> = { ...request.variables };
  const payload: SubscribePayload = { ...request, variables };
  let seen = start.success ? start.data.after : 0;
  let ended = false;
  let stop = subscribe();
  const unlisten = socket.on("connected", () => {
    if (!ended) return;
    ended = false;
    stop = subscribe();
  });

  function subscribe(): () => void {
    return socket.subscribe<Record<string, unknown>, Record<string, unknown>>(payload, {
      next(result) {
        const cursor = cursorSchema.safeParse(result.data);
        if (cursor.success) {
          if (cursor.data <= seen) return;
          seen = cursor.data;
          variables.after = cursor.data;
        }
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => {
        ended = true;
      },
    });
  }

  return () => {
    unlisten();
    stop();
  };
}
