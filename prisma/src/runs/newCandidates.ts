import {
  type Architecture as Backbone,
  architectureKey,
  architectureName,
  flops,
  parameterCount,
  type Proposal,
  referenceBackbones,
  type SearchSettings,
} from "@opnas/core";

/** A proposed candidate with the name and the costs that are stored with it. */
export interface NewCandidate extends Proposal<Backbone> {
  name: string;
  /** Number of parameters at the run's model size. */
  params: number;
  /** FLOPs of one forward pass over one sequence at that size. */
  flops: number;
}

/** A published backbone that is stored beside generation 0 (decision 0013). */
export interface NewReference extends NewCandidate {
  /** Its key in `referenceBackbones` of core. */
  reference: string;
}

/** Adds name and costs to a proposal, for a run with these settings. */
export function candidateOf(
  { architecture, key, parentKey, mutation }: Proposal<Backbone>,
  { size }: SearchSettings,
): NewCandidate {
  return {
    architecture,
    key,
    parentKey,
    mutation,
    name: architectureName(key),
    params: parameterCount(architecture, size),
    flops: flops(architecture, size),
  };
}

/** Returns the references of a run with these settings; empty when the settings turn them off. */
export function referencesOf(settings: SearchSettings): NewReference[] {
  if (!settings.references) return [];
  return referenceBackbones(settings.size.layers).map(({ reference, name, architecture }) => {
    const proposal = {
      architecture,
      key: architectureKey(architecture),
      parentKey: null,
      mutation: null,
    };
    return { ...candidateOf(proposal, settings), reference, name };
  });
}
