import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { OpnasError, whenValid, type ModelSize } from "@opnas/core";
import { z } from "zod";
import { engineChoices } from "../engine/choose.js";
import { glueTaskNames } from "./glue/tasks.js";
import { spanSchema, type SpanSettings } from "./squad/run.js";
import { tuningSchema, type Tuning } from "./tuning.js";

/** The help text of the command. */
export const usage = `npm run benchmark -- (--glue FOLDER | --squad FOLDER) --model FOLDER --out FOLDER

  --glue FOLDER           the official GLUE folder, one folder a task
  --squad FOLDER          train-v1.1.json and dev-v1.1.json, or those of v2.0, or all four
  --model FOLDER          model.json and weights.safetensors
  --out FOLDER            where results, predictions and the submission are written
  --tasks CoLA,RTE        some of GLUE's tasks only
  --epochs 3  --batch 32  --learning-rates 5e-5,3e-5,2e-5  --seed 1
  --length N              tokens of a row: 128 for GLUE, 384 for SQuAD, or what the model reads
  --question-length 64  --stride 128  --answer-length 30   SQuAD's windows, in word pieces;
                          less where rows are shorter
  --keep                  keeps each task's best model below OUT/models, for npm run export
  --engine auto  --threads N
  --quick                 in place of the folders: everything once on made-up files, in seconds

With the same arguments, a run that was interrupted goes on with the first task that is not done.`;

const names = z.string().transform((value) => value.split(","));
const numbers = names.transform((values) => values.map(Number)).pipe(z.array(z.number()));
const count = z.coerce.number().pipe(z.int().min(1));
const folder = z.string().min(1);

const fields = {
  glue: folder.optional(),
  squad: folder.optional(),
  model: folder,
  out: folder,
  tasks: names.pipe(z.array(z.enum(glueTaskNames))).optional(),
  epochs: count.optional(),
  batch: count.optional(),
  "learning-rates": numbers.optional(),
  seed: z.coerce.number().pipe(z.int()).optional(),
  length: count.optional(),
  "question-length": count.optional(),
  stride: count.optional(),
  "answer-length": count.optional(),
  keep: z.boolean().default(false),
  engine: z.enum(engineChoices).default("auto"),
  threads: count.default(availableParallelism()),
};
const optionsSchema = z
  .strictObject(fields)
  .refine(({ glue, squad }) => (glue === undefined) !== (squad === undefined), {
    error: "give either --glue or --squad",
    when: whenValid,
  });
export type Options = z.infer<typeof optionsSchema>;

/**
 * Parses the arguments of the command.
 * @throws OpnasError BAD_SETTING naming the option and what is wrong with it
 */
export function parseOptions(argv: readonly string[]): Options {
  return checked(optionsSchema, { ...givenOf(argv) }, "--");
}

function givenOf(argv: readonly string[]) {
  const typeOf = (name: string) => (name === "keep" ? "boolean" : "string");
  const texts = Object.keys(fields).map((name) => [name, { type: typeOf(name) }] as const);
  try {
    return parseArgs({ args: [...argv], options: Object.fromEntries(texts) }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new OpnasError("BAD_SETTING", message, { cause });
  }
}

/**
 * Returns the tuning of the options, with BERT's defaults; rows are no longer than the model reads.
 * @throws OpnasError BAD_SETTING
 */
export function tuningOf(options: Options, size: ModelSize): Tuning {
  const { epochs, batch, seed, "learning-rates": learningRates } = options;
  const usual = options.glue === undefined ? 384 : 128;
  const length = options.length ?? Math.min(usual, size.length);
  return checked(tuningSchema, { epochs, batch, seed, learningRates, length }, "");
}

/**
 * Returns SQuAD's settings of the options. By default a question takes at most half of a row, and
 * windows begin a third of a row apart, so that they overlap as BERT's do (128 of 384).
 * @throws OpnasError BAD_SETTING
 */
export function spansOf(options: Options, { length }: Tuning): SpanSettings {
  const questionLength = options["question-length"] ?? Math.min(64, Math.floor(length / 2));
  const stride = options.stride ?? Math.min(128, Math.floor(length / 3));
  const { "answer-length": answerLength } = options;
  return checked(spanSchema, { questionLength, stride, answerLength }, "");
}

function checked<T>(schema: z.ZodType<T>, value: unknown, prefix: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [name] = issue?.path ?? [];
  const place = name === undefined ? "" : `${prefix}${String(name)}: `;
  throw new OpnasError("BAD_SETTING", `${place}${issue?.message ?? "is not valid"}.`);
}
