/**
 * Our side of the bench: one process, one engine in as many threads as asked for. It prepares a case,
 * trains steps from the common beginning and answers the losses, or trains steps and answers the time.
 */
import { describeError } from "@opnas/core";
import { engineChoices, startEngine, writeTensors, type NamedTensor } from "@opnas/worker";
import { tf, type MaskedSequences } from "@opnas/worker/internals";
import { z } from "zod";
import { questionSchema, type Question } from "./protocol.ts";
import { CaseTraining } from "./training.ts";

const engine = await startEngine(z.enum(engineChoices).parse(process.argv[2]), 1);
const threads = z.coerce.number().pipe(z.int().min(1)).parse(process.argv[3]);
let current: CaseTraining | undefined;

async function answer(question: Question): Promise<unknown> {
  if (question.ask === "memory") {
    return {
      bytes: process.resourceUsage().maxRSS * 1024,
      residentBytes: process.memoryUsage.rss(),
      tensors: tf.memory().numTensors,
    };
  }
  if (question.ask === "prepare") {
    await current?.end();
    current = await CaseTraining.start(engine.name, threads, question.model, question.kind);
    const { begin, batches } = current;
    await writeTensors(question.file, new Map([...begin, ...batches.flatMap(batchTensors)]));
    return null;
  }
  const training = current;
  if (!training) throw new Error("No case is prepared.");
  if (question.ask === "losses") {
    training.restart();
    return Array.from({ length: question.count }, () => training.step());
  }
  const start = performance.now();
  for (let index = 0; index < question.count; index++) training.step();
  return (performance.now() - start) / 1000;
}

function batchTensors(
  { ids, positions, targets, size, length }: MaskedSequences,
  index: number,
): [string, NamedTensor][] {
  const tensor = (name: string, data: Int32Array, shape: number[]): [string, NamedTensor] => [
    `batch.${index}.${name}`,
    { shape, data: Float32Array.from(data) },
  ];
  return [
    tensor("ids", ids, [size, length]),
    tensor("positions", positions, [positions.length]),
    tensor("targets", targets, [targets.length]),
  ];
}

process.on("message", (message) => {
  const work = async () => ({ answer: await answer(questionSchema.parse(message)) });
  const failed = (error: unknown) => ({ error: describeError(error) });
  void work()
    .catch(failed)
    .then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit(0));
process.send?.({ answer: engine });
