import { initialPopulation, selectParents } from "./evolution.js";
import { Lesson, type Actions } from "./lesson.js";
import type { Action } from "./policy.js";
import { mutateNew } from "./propose.js";
import type { Chooser, SearchSpace } from "./searchSpace.js";
import {
  orderedHistory,
  type Candidate,
  type Proposal,
  type SearchContext,
  type Strategy,
} from "./strategy.js";

/**
 * Reinforcement learning, one of the strategies that the paper compares with (docs/paper.md §3). A
 * policy, a softmax over the operations of each slot, samples the operations of mutations of the
 * best candidates. It is updated from the children's scores by REINFORCE (Williams 1992) with a
 * moving mean as baseline. Its state follows from the history: earlier generations are proposed
 * again, one after the other, unless they were learnt from for the proposal before.
 */
export const reinforcement: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const { space, settings, seed } = context;
    const evaluated = orderedHistory(history);
    if (generation > settings.generations) return { children: [], priorities: [] };
    const last = lessons.get(space);
    const lesson = last?.isOf(evaluated, generation, context) ? last : new Lesson(settings, seed);
    lessons.set(space, lesson);
    while (lesson.generations < generation) {
      lesson.learn(evaluated, propose(evaluated, lesson, context).actions);
    }
    return { children: propose(evaluated, lesson, context).children, priorities: [] };
  },
};

/** The last lesson of each space; no proposal depends on whether it is here. */
const lessons = new WeakMap<object, Lesson>();

/** Proposes the generation after those of a lesson; returns the policy's actions for its children, too. */
function propose<A>(
  evaluated: readonly Candidate<A>[],
  lesson: Lesson,
  context: SearchContext<A>,
): { children: Proposal<A>[]; actions: Actions } {
  const { generations: generation, known, policy } = lesson;
  const { space, actions } = recordingActions(context.space);
  const parents = selectParents(lesson.members(evaluated), generation, context);
  const recorded = { ...context, space };
  const children = mutateNew(parents, generation, known, policy.choose, recorded);
  return { children, actions };
}

/**
 * Returns the space with a record, by key, of the actions that led to each mutated architecture.
 */
function recordingActions<A>(space: SearchSpace<A>) {
  const actions = new Map<string, readonly Action[]>();
  const recording: SearchSpace<A> = {
    operations: space.operations,
    sample: (random) => space.sample(random),
    key: (architecture) => space.key(architecture),
    features: (architecture) => space.features(architecture),
    mutate: (parent, choose, random) => {
      const taken: Action[] = [];
      const record: Chooser = (slot, options, from) => {
        const chosen = choose(slot, options, from);
        taken.push({ slot, options, chosen });
        return chosen;
      };
      const mutation = space.mutate(parent, record, random);
      const key = space.key(mutation.architecture);
      // Of several mutations that lead to one architecture the first was proposed.
      if (!actions.has(key)) actions.set(key, taken);
      return mutation;
    },
  };
  return { space: recording, actions };
}
