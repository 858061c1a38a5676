import {
  sampleAttention,
  sampleConvolution,
  type Architecture,
  type Random,
  type SearchSettings,
} from "@opnas/core";

/**
 * Two sub-networks that together use both branches of every layer once: a random choice of branch
 * per layer, and its complement. Graphs and kernels are drawn by the search space's own sampler.
 */
export function samplePair(
  { size, mutation }: SearchSettings,
  random: Random,
): [Architecture, Architecture] {
  const pairs = Array.from({ length: size.layers }, () => {
    const attention = sampleAttention(mutation.maxNodes, random);
    const convolution = sampleConvolution(random);
    return random.next() < 0.5 ? [attention, convolution] : [convolution, attention];
  });
  return [
    { version: 1, layers: pairs.flatMap((pair) => pair.slice(0, 1)) },
    { version: 1, layers: pairs.flatMap((pair) => pair.slice(1)) },
  ];
}
