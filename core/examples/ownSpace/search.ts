/** Searches the settings of a made-up training, several at once, and stops early if it is good enough. */
import {
  choice,
  OpnasError,
  ordered,
  range,
  runSearch,
  slotSpace,
  type SlotArchitecture,
} from "@opnas/core";

const slots = {
  activation: choice(["relu", "gelu", "tanh"]),
  width: ordered([64, 128, 256, 512]),
  learningRate: range(1e-5, 1e-1, { scale: "log" }),
  dropout: range(0, 0.5, { steps: 11 }),
};
type Settings = SlotArchitecture<typeof slots>;

/** The loss of a training: here a formula, elsewhere what a request or another program gives. */
async function lossOf({ activation, width, learningRate, dropout }: Settings): Promise<number> {
  await Promise.resolve();
  const rate = Math.log10(learningRate) + 3 + Math.log2(width / 64) / 4;
  return rate ** 2 + (dropout - 0.1) ** 2 + 16 / width + (activation === "gelu" ? 0 : 0.2);
}

const enough = new AbortController();
const { candidates, best, ended } = await runSearch({
  space: slotSpace(slots),
  evaluate: async (settings) => -(await lossOf(settings)),
  seed: 1,
  evaluations: 60,
  concurrency: 4,
  signal: enough.signal,
  onCandidate: ({ score }) => {
    if (score > -0.01) enough.abort();
  },
});
if (!best) throw new OpnasError("INTERNAL", "Nothing was evaluated.");
console.log(`${candidates.length} evaluations, ended by ${ended}`);
console.log(`loss ${(-best.score).toFixed(3)}: ${JSON.stringify(best.architecture)}`);
