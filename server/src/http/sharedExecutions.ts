import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
} from "graphql";
import { z } from "zod";

/** The part of a context that says what its reader may see. */
const readerSchema = z.object({ rights: z.string() });

/**
 * Returns a subscribe function that executes each message of a stream once for all subscriptions that ask
 * the same of it, instead of once for each: those of the same document, variables and rights, to which the
 * stream gives the same object. The document must be the same object, too (documents.ts).
 */
export function sharedSubscribe(): (
  args: ExecutionArgs,
) => Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const results = new WeakMap<object, Map<string, Promise<ExecutionResult>>>();
  const numbers = new WeakMap<DocumentNode, number>();
  let documents = 0;

  function numberOf(document: DocumentNode): number {
    const known = numbers.get(document);
    if (known !== undefined) return known;
    documents += 1;
    numbers.set(document, documents);
    return documents;
  }

  function shared(payload: object, question: string, args: ExecutionArgs) {
    const known = results.get(payload) ?? new Map<string, Promise<ExecutionResult>>();
    results.set(payload, known);
    const found = known.get(question) ?? Promise.resolve(execute({ ...args, rootValue: payload }));
    known.set(question, found);
    return found;
  }

  return async (args) => {
    const stream = await createSourceEventStream(args);
    if (!isStream(stream)) return stream;
    const { document, operationName, variableValues, contextValue } = args;
    const question = JSON.stringify([
      numberOf(document),
      operationName,
      variableValues,
      readerSchema.parse(contextValue).rights,
    ]);
    return mapped(stream, (payload) =>
      typeof payload === "object" && payload !== null
        ? shared(payload, question, args)
        : Promise.resolve(execute({ ...args, rootValue: payload })),
    );
  };
}

function isStream(
  found: AsyncIterable<unknown> | ExecutionResult,
): found is AsyncIterable<unknown> {
  return Symbol.asyncIterator in found;
}

/**
 * Returns a stream of what `map` makes of each item. Its end does not wait for the next item, as that of
 * an async generator function would.
 */
function mapped<T, U>(
  items: AsyncIterable<T>,
  map: (item: T) => Promise<U>,
): AsyncGenerator<U, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorReturnResult<void>> => {
    await iterator.return?.();
    return { done: true, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const result = await iterator.next();
      if (result.done === true) return { done: true, value: undefined };
      return { done: false, value: await map(result.value) };
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
  };
}
