import { bertLayer, type Architecture } from "@opnas/core";
import type { Model } from "../modelFile.js";
import { splitWords } from "../../text/words.js";
import { trainVocabulary } from "../../text/vocabulary.js";
import { buildBackbone } from "../backbone.js";
import { initialWeights } from "../parameters.js";
import { fixtureStream, sentenceOf } from "../../text/testing/language.js";

/** Other words that fill the vocabulary up to the size that a model must have. */
const filler =
  "when where which why what does do how into near with from under river market garden winter";

/** Makes a tiny untrained model whose vocabulary has the fixtures' words. */
export function tinyModel(length = 32): Model {
  const random = fixtureStream("words of the vocabulary");
  const counts = new Map<string, number>();
  const texts = Array.from({ length: 300 }, (_, row) => sentenceOf(random, row % 3));
  for (const word of splitWords([...texts, filler, filler].join(" "))) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const trained = trainVocabulary(counts, 150);
  const rest = Array.from({ length: 256 - trained.length }, (_, index) => `unused${index}`);
  const vocabulary = [...trained, ...rest];
  const size = {
    layers: 2,
    hidden: 32,
    heads: 2,
    vocabulary: vocabulary.length,
    length,
    rawKernels: false,
  };
  const architecture: Architecture = {
    version: 1,
    layers: [{ kind: "conv", kernelSize: 3 }, bertLayer],
  };
  const weights = initialWeights(buildBackbone(size, architecture, "once").parameters, 1);
  return { architecture, size, vocabulary, weights };
}
