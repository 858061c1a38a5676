import { topK } from "./evolution.js";
import { Policy, type Action } from "./policy.js";
import { scoreScale } from "./scoreScale.js";
import type { Candidate, SearchContext } from "./strategy.js";

/** The actions that led to candidates, by their keys. */
export type Actions = ReadonlyMap<string, readonly Action[]>;

type Settings = SearchContext<unknown>["settings"];

/** A policy as it has learnt from the first generations of a history. */
export class Lesson {
  readonly policy: Policy;
  /** Number of generations that it has learnt from. */
  generations = 0;
  /** The keys of their candidates. */
  readonly known = new Set<string>();
  private readonly keys: string[] = [];
  private readonly scores: number[] = [];
  /** The places in the history of the best of them, best first. */
  private leaders: number[] = [];

  constructor(
    private readonly settings: Settings,
    private readonly seed: number,
  ) {
    this.policy = new Policy(settings.reinforcement);
  }

  /** Returns true if it is what would be learnt of a history before its generation of this number. */
  isOf(
    evaluated: readonly Candidate<unknown>[],
    generation: number,
    { settings, seed }: Pick<SearchContext<unknown>, "settings" | "seed">,
  ): boolean {
    if (settings !== this.settings || seed !== this.seed) return false;
    if (generation < this.generations) return false;
    const next = evaluated[this.keys.length];
    if (next && next.generation < this.generations) return false;
    return this.keys.every(
      (key, at) => evaluated[at]?.key === key && evaluated[at].score === this.scores[at],
    );
  }

  /** Returns the candidates of its generations that may become parents (setting `survivors`). */
  members<A>(evaluated: readonly Candidate<A>[]): Candidate<A>[] {
    const { survivors, population } = this.settings;
    if (survivors === "best") return candidatesAt(this.leaders, evaluated);
    return evaluated.slice(0, this.keys.length).slice(-population);
  }

  /** Learns from the next generation, given the actions that led to its candidates. */
  learn<A>(evaluated: readonly Candidate<A>[], actions: Actions): void {
    const { scoreUnit, parents, population } = this.settings;
    const first = this.keys.length;
    const after = evaluated.findIndex(
      (one, at) => at >= first && one.generation > this.generations,
    );
    const end = after === -1 ? evaluated.length : after;
    const children = evaluated.slice(first, end);
    for (const { key, score } of children) {
      this.known.add(key);
      this.keys.push(key);
      this.scores.push(score);
    }
    if (this.generations === 0) this.policy.setBaseline(children);
    else this.policy.update(children, actions, scoreScale(scoreUnit, this.scores));
    const places = [...this.leaders, ...children.map((_, at) => first + at)];
    const ranked = places.map((place) => ({ place, score: this.scores[place] ?? 0 }));
    this.leaders = topK(ranked, Math.max(parents, population)).map(({ place }) => place);
    this.generations++;
  }
}

function candidatesAt<A>(places: readonly number[], all: readonly Candidate<A>[]): Candidate<A>[] {
  return places.flatMap((place) => all.slice(place, place + 1));
}
