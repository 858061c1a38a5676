import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "./target.ts";

/** The seconds between two measurements of what is kept: collecting all garbage holds requests up. */
const keptSeconds = 5;

/** Measures once a second the memory of the server, in MiB, and how long /health takes, in milliseconds. */
export class Watch {
  private readonly health: number[] = [];
  private readonly memory: number[] = [];
  private readonly target: Target;
  private readonly running: Promise<void>;
  private isOver = false;

  constructor(target: Target) {
    this.target = target;
    this.running = this.run();
  }

  async stop() {
    this.isOver = true;
    await this.running;
    const { memory, health } = this;
    const { keptMemory } = this.target;
    const most = (part: readonly number[]) => Math.max(0, ...part);
    // What requests under way hold comes and goes; what grows is in the least of each third too.
    const least = (part: readonly number[]) => Math.min(...part);
    return {
      memory: {
        mostOfFirstThird: most(firstThird(memory)),
        mostOfLastThird: most(lastThird(memory)),
        most: most(memory),
        keptOfFirstThird: least(firstThird(keptMemory)),
        keptOfLastThird: least(lastThird(keptMemory)),
        kept: keptMemory,
      },
      health,
    };
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      const since = performance.now();
      // A server that has ended is counted as a crash.
      await fetch(`${this.target.url}/health`).then(
        (response) => response.text(),
        () => "",
      );
      this.health.push(performance.now() - since);
      this.memory.push(this.target.memory());
      if (this.memory.length % keptSeconds === 1) this.target.askForKeptMemory();
      await sleep(1_000);
    }
  }
}

function firstThird(values: readonly number[]): readonly number[] {
  return values.slice(0, Math.ceil(values.length / 3));
}

function lastThird(values: readonly number[]): readonly number[] {
  return values.slice(-Math.ceil(values.length / 3));
}
