import { presetNamed, stream, type SearchSettings } from "@opnas/core";
import {
  clsId,
  firstWordId,
  maskId,
  padId,
  sepId,
  type Documents,
  type FineTuneTask,
  type MaskedLanguageTask,
  type PreparedData,
  type Sequences,
  type ZeroShotTask,
} from "../types.js";
import { runningText } from "../sequences.js";

const size = { layers: 2, hidden: 16, heads: 2, vocabulary: 40, length: 12, rawKernels: false };

/** Returns the settings of a search so small that a test can run it. */
export function smallSettings(changes: Partial<SearchSettings> = {}): SearchSettings {
  const preset = presetNamed("smoke");
  return {
    ...preset.settings,
    size,
    superNet: { ...preset.settings.superNet, steps: 6, batch: 4 },
    candidate: { ...preset.settings.candidate, steps: 3, batch: 4 },
    fineTune: { ...preset.settings.fineTune, steps: 3, batch: 4 },
    tasks: ["mlm", "swap", "half-order"],
    ...changes,
  };
}

/**
 * Makes data that follows a rule, so that there is something to learn: each word is followed by the
 * word of the next number. There is one task of each kind; lengths go from full to short.
 */
export function smallData(): PreparedData {
  return {
    vocabulary: Array.from({ length: size.vocabulary }, (_, id) => `word${id}`),
    pretrain: countingSequences(64, false),
    documents: countingDocuments(),
    tasks: [maskedTask(), zeroShotTask(), fineTuneTask()],
  };
}

/** Makes rows [CLS] w, w + 1, … [SEP]; `ragged` rows end early and are padded. */
export function countingSequences(count: number, ragged: boolean): Sequences {
  const { length, vocabulary } = size;
  const random = stream(0, "counting sequences");
  const ids = new Int32Array(count * length).fill(padId);
  for (let row = 0; row < count; row++) {
    const words = ragged ? 2 + random.int(length - 3) : length - 2;
    const first = random.int(vocabulary);
    const word = (at: number) => firstWordId + ((first + at) % (vocabulary - firstWordId));
    ids.set([clsId, ...Array.from({ length: words }, (_, at) => word(at)), sepId], row * length);
  }
  return { count, length, ids };
}

/** Makes four documents of sentences of five consecutive words; no word is in two documents. */
function countingDocuments(): Documents {
  const words = Math.floor((size.vocabulary - firstWordId) / 4);
  return runningText(
    Array.from({ length: 4 }, (_, document) =>
      Array.from({ length: 30 }, (_, sentence) =>
        Array.from({ length: 5 }, (_, at) => {
          return firstWordId + document * words + ((5 * sentence + at) % words);
        }),
      ),
    ),
  );
}

/** Hides one position of each sequence; returns the ids that stood there as targets. */
function hide(test: Sequences, position: number) {
  const ids = test.ids.slice();
  const targets = new Int32Array(test.count);
  for (let row = 0; row < test.count; row++) {
    const at = row * test.length + position;
    targets[row] = ids[at] ?? 0;
    ids[at] = maskId;
  }
  const positions = new Int32Array(test.count).fill(position);
  return { masked: { ...test, ids }, positions, targets };
}

function maskedTask(): MaskedLanguageTask {
  const test = countingSequences(20, false);
  return {
    kind: "masked",
    name: "mlm",
    test,
    ...hide(test, 4),
    positionsPerItem: 1,
    unigram: { loss: Math.log(size.vocabulary - firstWordId), accuracy: 0.05 },
    bigram: { loss: 1, accuracy: 0.5 },
  };
}

function zeroShotTask(): ZeroShotTask {
  const { masked, positions, targets } = hide(countingSequences(20, true), 2);
  return {
    kind: "zeroShot",
    name: "swap",
    test: masked,
    positions,
    positionsPerItem: 1,
    choicesPerItem: 2,
    choices: Int32Array.from(
      [...targets].flatMap((target) => [target, target === firstWordId ? target + 1 : firstWordId]),
    ),
    baselines: { majority: 50, ngram: 60 },
  };
}

function fineTuneTask(): FineTuneTask {
  const part = (count: number) => {
    const sequences = countingSequences(count, true);
    const labels = Int32Array.from({ length: count }, (_, row) =>
      Number((sequences.ids[row * size.length + 1] ?? 0) > size.vocabulary / 2),
    );
    return { sequences, labels };
  };
  return {
    kind: "fineTuned",
    name: "half-order",
    classes: 2,
    train: part(32),
    test: part(20),
    baselines: { majority: 50, ngram: 50 },
  };
}
