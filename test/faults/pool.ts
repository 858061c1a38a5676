import { Lane, type LaneOptions } from "./lane.ts";

/** Lanes that are used by one search at a time each. */
export class LanePool {
  private readonly free: Lane[];
  private readonly waiting: ((lane: Lane) => void)[] = [];
  readonly lanes: readonly Lane[];

  private constructor(lanes: readonly Lane[]) {
    this.lanes = lanes;
    this.free = [...lanes];
  }

  /** Starts so many lanes and waits until all are ready. */
  static async start(count: number, options: LaneOptions): Promise<LanePool> {
    return new LanePool(
      await Promise.all(Array.from({ length: count }, () => Lane.start(options))),
    );
  }

  /** Lends a lane for the time of `use`, the next that is free. */
  async with<T>(use: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.free.pop() ?? (await new Promise<Lane>((give) => this.waiting.push(give)));
    try {
      return await use(lane);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free.push(lane);
      else next(lane);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }
}
