import type { ExecutionResult, FormattedExecutionResult } from "graphql";

/** Turns a result into the form that a client receives. */
type Format = (result: ExecutionResult) => FormattedExecutionResult;

/**
 * Returns a function that writes the message of graphql-transport-ws by which a subscription `id` is told a
 * result. A result that many subscriptions share is written as JSON once, and once as bytes for all whose
 * ids are equal; both are held as long as the result is.
 */
export function nextMessages(format: Format): (result: ExecutionResult, id: string) => Buffer {
  const written = new WeakMap<ExecutionResult, { text: string; messages: Map<string, Buffer> }>();
  return (result, id) => {
    const known = written.get(result) ?? {
      text: JSON.stringify(format(result)),
      messages: new Map<string, Buffer>(),
    };
    written.set(result, known);
    const { text, messages } = known;
    const message =
      messages.get(id) ??
      Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`);
    messages.set(id, message);
    return message;
  };
}

/**
 * Returns a stream that hands each result to `tell` and has no items itself: it ends as the results end.
 * graphql-ws would write each message of each subscription anew; with this it only begins and ends them.
 * The next result is taken once `tell` has resolved.
 */
export function relayed(
  results: AsyncIterable<ExecutionResult>,
  tell: (result: ExecutionResult) => Promise<void>,
): AsyncGenerator<never, void, void> {
  const iterator = results[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        const item = await iterator.next();
        if (item.done === true) return { done: true, value: undefined };
        await tell(item.value);
      }
    },
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await iterator.return?.();
      throw error;
    },
  };
}
