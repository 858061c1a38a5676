import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayExecutor, GatewayInterface } from "@apollo/server-gateway-interface";
import { callerSignal, withCancellation } from "@opnas/prisma";
import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { z } from "zod";
import { operationKey } from "./operationKey.js";

/**
 * Fields of Query that answer all callers of equal rights alike. A field that looks at who asks (viewer,
 * apiKeys) is none of them, and neither is one for administrators.
 */
const sharedFields: ReadonlySet<string> = new Set([
  "architecture",
  "compare",
  "importance",
  "kernelsByDepth",
  "leaderboard",
  "operationPriorities",
  "paretoFront",
  "presets",
  "searchRun",
  "searchRuns",
  "settingDescriptions",
  "tags",
  "tasks",
  "training",
  "trainings",
  "workers",
]);

/** The milliseconds after which a waiting execution begins although the one before has not ended. */
const patienceMilliseconds = 20;

/** The part of a context that says what its caller may see; without a role it may see nothing. */
const callerSchema = z.object({
  rights: z.string(),
  principal: z.object({ role: z.string() }),
});

/**
 * Makes Apollo execute equal reads of callers with equal rights once for all who wait for them: those that
 * come while one is under way wait for the next, which begins after they came. So an answer is never
 * older than its request, and nothing is kept. Many who watch one page at a time cost what a few do.
 */
export function sharedReads(schema: GraphQLSchema): GatewayInterface {
  const asked = new WeakMap<DocumentNode, Map<string, Asked>>();
  const executor: GatewayExecutor = async ({ document, operation, request, context }) => {
    const { operationName, variables: variableValues } = request;
    const args = { schema, document, contextValue: context, operationName, variableValues };
    const caller = isShared(operation) ? callerSchema.safeParse(context).data : undefined;
    const key = caller && operationKey(operationName, variableValues, caller.rights);
    const signal = callerSignal();
    if (key === undefined || signal?.aborted === true) return execute(args);
    const ofDocument = asked.get(document) ?? new Map<string, Asked>();
    asked.set(document, ofDocument);
    const same = ofDocument.get(key) ?? new Asked(() => ofDocument.delete(key));
    ofDocument.set(key, same);
    return same.read(args, signal);
  };
  return {
    load: () => Promise.resolve({ executor }),
    onSchemaLoadOrUpdate: (tell) => {
      tell({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    stop: () => Promise.resolve(),
  };
}

/** Returns a function that writes answers as JSON, those of one execution once. */
export function sharedTexts(): (answer: FormattedExecutionResult) => string {
  const texts = new WeakMap<object, string>();
  return (answer) => {
    const { data, errors, extensions } = answer;
    if (data == null || errors !== undefined || extensions !== undefined) return line(answer);
    const text = texts.get(data) ?? line(answer);
    texts.set(data, text);
    return text;
  };
}

function line(answer: FormattedExecutionResult): string {
  return `${JSON.stringify(answer)}\n`;
}

function isShared({ operation, selectionSet }: OperationDefinitionNode): boolean {
  return (
    operation === OperationTypeNode.QUERY &&
    selectionSet.selections.every(
      (selection) => selection.kind === Kind.FIELD && sharedFields.has(selection.name.value),
    )
  );
}

/** A read that somebody waits for: the executions under way, and the one that begins next. */
class Asked {
  private underWay = 0;
  private newest: Execution | undefined;
  private next: Execution | undefined;

  constructor(private readonly onAnswered: () => void) {}

  read(args: ExecutionArgs, signal: AbortSignal | undefined): Promise<ExecutionResult> {
    const execution = this.next ?? new Execution(args);
    const answer = execution.join(signal);
    if (execution !== this.next) this.queue(execution);
    return answer;
  }

  private queue(execution: Execution): void {
    if (this.newest === undefined) {
      this.begin(execution);
      return;
    }
    this.next = execution;
    void Promise.race([this.newest.ended, sleep(patienceMilliseconds)]).then(() => {
      this.next = undefined;
      this.begin(execution);
    });
  }

  private begin(execution: Execution): void {
    this.underWay += 1;
    this.newest = execution;
    execution.begin();
    void execution.ended.then(() => {
      this.underWay -= 1;
      if (this.newest === execution) this.newest = undefined;
      if (this.underWay === 0 && this.next === undefined) this.onAnswered();
    });
  }
}

/** One execution for all who wait for it; it is given up once all of them have left. */
class Execution {
  /** Resolves at its end, however it ends. */
  readonly ended: Promise<void>;
  private readonly leaving = new AbortController();
  private readonly result: Promise<ExecutionResult>;
  private readers = 0;
  private settle: (result: Promise<ExecutionResult>) => void = () => undefined;

  constructor(private readonly args: ExecutionArgs) {
    this.result = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.ended = this.result.then(
      () => undefined,
      () => undefined,
    );
  }

  join(signal: AbortSignal | undefined): Promise<ExecutionResult> {
    this.readers += 1;
    signal?.addEventListener("abort", () => {
      this.readers -= 1;
      if (this.readers === 0) this.leaving.abort();
    });
    return this.result;
  }

  begin(): void {
    const { signal } = this.leaving;
    this.settle(withCancellation(signal, async () => execute(this.args)));
  }
}
