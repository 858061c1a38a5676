import {
  bertLayer,
  type Layer,
  layerParameters,
  type ModelSize,
  type SearchSettings,
  sharedParameters,
} from "@opnas/core";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";

/** The parts of a search that take memory or disk. */
export enum SearchSizePart {
  SUPER_NET_MEMORY = "SUPER_NET_MEMORY",
  CANDIDATE_MEMORY = "CANDIDATE_MEMORY",
  ACTIVATION_MEMORY = "ACTIVATION_MEMORY",
  SUPER_NET_CHECKPOINT = "SUPER_NET_CHECKPOINT",
  SUPER_NET_FILE = "SUPER_NET_FILE",
  PREPARED_DATA = "PREPARED_DATA",
}
registerEnumType(SearchSizePart, {
  name: "SearchSizePart",
  description: "A part of a search that takes memory or disk.",
  valuesConfig: {
    SUPER_NET_MEMORY: {
      description: "Memory of the super-net's training: weights, gradients and Adam's two means.",
    },
    CANDIDATE_MEMORY: {
      description: "Memory of one candidate's training: weights, gradients and Adam's two means.",
    },
    ACTIVATION_MEMORY: {
      description: "Memory of a step's activations, which comes on top of either training.",
    },
    SUPER_NET_CHECKPOINT: {
      description: "Disk for a checkpoint of the super-net's training, while that goes on.",
    },
    SUPER_NET_FILE: { description: "Disk for the trained super-net, while the run is kept." },
    PREPARED_DATA: { description: "Disk for the prepared text and tasks." },
  },
});

@ObjectType({ description: "The memory or disk that a part of a search takes." })
export class SearchSize {
  @Field(() => SearchSizePart, { description: "The part." })
  part!: SearchSizePart;

  @Field(() => Float, {
    nullable: true,
    description: "The number of bytes. Null where nothing is known before the search.",
  })
  bytes!: number | null;

  @Field(() => String, { description: "A sentence that says what the number was derived from." })
  derivation!: string;
}

const longestConvolution = { kind: "conv", kernelSize: 65 } as const satisfies Layer;

/** Bytes of a weight, of its gradient, and of each of Adam's means. */
const floatBytes = 4;

/** Weight, gradient, mean gradient and mean square. */
const copiesInTraining = 4;

/** Weight, mean gradient and mean square: gradients are not saved. */
const copiesInCheckpoint = 3;

/** Lists what a search takes of memory and disk; nothing for one that is evaluated outside. */
export function sizesOf({ size, evaluator, limits }: SearchSettings): SearchSize[] {
  if (evaluator === "external") return [];
  const superNet = superNetParameters(size);
  const largest = Math.min(largestCandidate(size), limits.parameters ?? Infinity);
  const part = (name: SearchSizePart, bytes: number | null, derivation: string) => ({
    part: name,
    bytes,
    derivation,
  });
  return [
    part(
      SearchSizePart.SUPER_NET_MEMORY,
      superNet * floatBytes * copiesInTraining,
      `${superNet} parameters of the super-net × 4 bytes × 4 (weight, gradient, two means of Adam).`,
    ),
    part(
      SearchSizePart.CANDIDATE_MEMORY,
      largest * floatBytes * copiesInTraining,
      `${largest} parameters of the largest candidate × 4 bytes × 4 (weight, gradient, two means of Adam).`,
    ),
    part(
      SearchSizePart.ACTIVATION_MEMORY,
      null,
      "They depend on the engine and on the graphs that are sampled; no run has measured them.",
    ),
    part(
      SearchSizePart.SUPER_NET_CHECKPOINT,
      superNet * floatBytes * copiesInCheckpoint,
      `${superNet} parameters of the super-net × 4 bytes × 3 (weight, two means of Adam).`,
    ),
    part(
      SearchSizePart.SUPER_NET_FILE,
      superNet * floatBytes,
      `${superNet} parameters of the super-net × 4 bytes.`,
    ),
    part(
      SearchSizePart.PREPARED_DATA,
      null,
      "It depends on the text, which is read only once the search has begun.",
    ),
  ];
}

/** Adds the bytes of these parts; null if none is known. */
export function bytesOf(
  sizes: readonly SearchSize[],
  parts: readonly SearchSizePart[],
): number | null {
  const known = sizes.flatMap(({ part, bytes }) => (parts.includes(part) ? (bytes ?? []) : []));
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

/** Counts the super-net's parameters: in every layer attention with all projections, and the longest convolution. */
function superNetParameters(size: ModelSize): number {
  const both = branches(size).reduce((sum, each) => sum + each, 0);
  return sharedParameters(size) + size.layers * both;
}

/** Counts the parameters of the largest candidate of this size. */
function largestCandidate(size: ModelSize): number {
  return sharedParameters(size) + size.layers * Math.max(...branches(size));
}

function branches(size: ModelSize): number[] {
  // Softmax attention has all four projections, as the super-net has.
  return [bertLayer, longestConvolution].map((layer) => layerParameters(layer, size));
}
