import { AsyncLocalStorage } from "node:async_hooks";

/** The callbacks that end what one message of a socket holds, such as its place among the operations. */
type Releases = (() => void)[];

const releases = new AsyncLocalStorage<Releases>();

/** Handles a message, and afterwards, however it ends, gives back what the message held. */
export async function handleHolding(handle: () => Promise<void>): Promise<void> {
  const held: Releases = [];
  try {
    await releases.run(held, handle);
  } finally {
    for (const release of held) release();
  }
}

/** Calls `release` once the message that is being handled has come to its end. */
export function holdUntilEnd(release: () => void): void {
  releases.getStore()?.push(release);
}

/** Lets a limited number of operations of one socket run at a time; the others wait in their order. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(atOnce: number) {
    this.free = atOnce;
  }

  /** Resolves once it is the caller's turn. @returns a function that ends it */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    return () => {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}
