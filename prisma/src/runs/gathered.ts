import { setTimeout as sleep } from "node:timers/promises";
import { databaseError } from "../databaseError.js";

interface Waiting<Input, Output> {
  input: Input;
  resolve: (output: Output) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers calls while an earlier one is under way, and makes one of them. There is at most one under
 * way for each key: calls that would only wait for each other in the database wait here, hold no
 * connection meanwhile, and then share a transaction.
 */
export class Gathered<Input, Output> {
  private readonly waiting = new Map<string, Waiting<Input, Output>[]>();

  /**
   * @param most the most inputs of one call
   * @param act does what is asked for and returns one output for each input; repeating it must be
   * harmless. When it throws for several inputs, and not because the database is away or busy, it is
   * called again for each alone, so that none fails for another.
   * @param milliseconds the time for which a first call waits for others
   */
  constructor(
    private readonly most: number,
    private readonly act: (key: string, inputs: readonly Input[]) => Promise<readonly Output[]>,
    private readonly milliseconds = 0,
  ) {}

  /** Does what is asked for, after what is under way for this key. @throws what `act` throws for it */
  call(key: string, input: Input): Promise<Output> {
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    const asked = { input, resolve, reject };
    const behind = this.waiting.get(key);
    if (behind !== undefined) behind.push(asked);
    else {
      this.waiting.set(key, [asked]);
      void this.work(key);
    }
    return promise;
  }

  private async work(key: string): Promise<void> {
    if (this.milliseconds > 0) await sleep(this.milliseconds);
    for (;;) {
      const next = this.waiting.get(key)?.splice(0, this.most) ?? [];
      if (next.length === 0) break;
      await this.answer(key, next);
    }
    this.waiting.delete(key);
  }

  private async answer(key: string, asked: readonly Waiting<Input, Output>[]): Promise<void> {
    try {
      const inputs = asked.map(({ input }) => input);
      const outputs = await this.act(key, inputs);
      asked.forEach(({ resolve, reject }, index) => {
        const output = outputs[index];
        if (output === undefined)
          reject(new Error(`There is no answer to call ${index} of ${key}.`));
        else resolve(output);
      });
    } catch (error) {
      const isOfOne = asked.length > 1 && databaseError(error).kind !== "retryable";
      if (isOfOne) await Promise.all(asked.map((each) => this.answer(key, [each])));
      else for (const { reject } of asked) reject(error);
    }
  }
}
