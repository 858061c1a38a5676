import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "./target.ts";

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
    const third = Math.ceil(memory.length / 3);
    const most = (part: number[]) => Math.max(0, ...part);
    const [early, late] = [most(memory.slice(0, third)), most(memory.slice(-third))];
    return {
      memory: { mostOfFirstThird: early, mostOfLastThird: late, most: most(memory) },
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
      await sleep(1_000);
    }
  }
}
