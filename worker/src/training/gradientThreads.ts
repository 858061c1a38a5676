import type { ModelSize } from "@opnas/core";
import type { EngineName } from "../engine/choose.js";
import type { Tensors } from "../model/tensors.js";
import { Lane } from "./gradientLane.js";
import { Learner, type Learned, type Lesson } from "./lesson.js";

/** The calling thread and its lanes, which learn several lessons at once by the same weights. */
export class Crew {
  private constructor(
    private readonly learner: Learner,
    private readonly lanes: readonly Lane[],
  ) {}

  /** Only the calling thread. */
  static alone(size: ModelSize, weights: Tensors): Crew {
    return new Crew(new Learner(size, weights), []);
  }

  /**
   * @param weights in shared memory (`sharedTensors`), not changed while a lesson is on
   * @param threads in all, 1 or more; on a GPU only one is used, for all would wait for one device
   * @throws OpnasError ENGINE_UNAVAILABLE if a thread cannot start the engine
   */
  static async start(
    engine: EngineName,
    size: ModelSize,
    weights: Tensors,
    threads: number,
  ): Promise<Crew> {
    const lanes: Lane[] = [];
    try {
      const others = engine === "tensorflow-gpu" ? 0 : threads - 1;
      while (lanes.length < others) lanes.push(await Lane.start(engine, size, weights));
    } catch (error) {
      await Promise.all(lanes.map((lane) => lane.end()));
      throw error;
    }
    return new Crew(new Learner(size, weights), lanes);
  }

  /**
   * What each lesson gives, in their order: the same bits by any number of threads. Gradients
   * last until the next one is asked for.
   */
  *learn(lessons: readonly Lesson[]): Generator<Learned & { lesson: Lesson }> {
    const atOnce = this.lanes.length + 1;
    for (let first = 0; first < lessons.length; first += atOnce) {
      const [own, ...others] = lessons.slice(first, first + atOnce);
      const busy = this.lanes.flatMap((lane, at) =>
        others[at] ? [{ lane, lesson: others[at] }] : [],
      );
      for (const { lane, lesson } of busy) lane.begin(lesson);
      if (own) yield { lesson: own, ...this.learner.learn(own) };
      for (const { lane, lesson } of busy) yield { lesson, ...lane.finish() };
    }
  }

  /** Ends the lanes and frees what the engine keeps for them. */
  async end(): Promise<void> {
    this.learner.release();
    await Promise.all(this.lanes.map((lane) => lane.end()));
  }
}
