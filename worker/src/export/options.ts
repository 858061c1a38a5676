import { parseArgs } from "node:util";
import { OpnasError, whenValid } from "@opnas/core";
import { z } from "zod";

/** The help text of the command. */
export const usage = `npm run export -- --model FOLDER --out FOLDER [--format pytorch]
npm run export -- --architecture FILE --random-weights --size base --out FOLDER

  --model FOLDER          a pre-trained model: model.json and weights.safetensors
  --architecture FILE     an architecture in JSON; or a name: bert, autobert-zero
  --random-weights        writes made weights, since an architecture alone has none
  --size base             the paper's small, base or large, for --architecture
  --vocabulary 30522  --length 128  --seed 1   of made weights
  --format pytorch        pytorch (Hugging Face), onnx or tfjs (TensorFlow.js)
  --out FOLDER            where the files are written`;

/** The formats that a model can be written in. */
export const modelFormats = ["pytorch", "onnx", "tfjs"] as const;

const given = z.string().min(1);
const count = z.coerce.number().pipe(z.int().min(1));
const fields = {
  model: given.optional(),
  architecture: given.optional(),
  "random-weights": z.boolean().default(false),
  size: z.enum(["small", "base", "large"]).default("base"),
  vocabulary: count.default(30_522),
  length: count.default(128),
  seed: count.default(1),
  format: z.enum(modelFormats).default("pytorch"),
  out: given,
};
const optionsSchema = z
  .strictObject(fields)
  .refine(({ model, architecture }) => (model === undefined) !== (architecture === undefined), {
    error: "give either --model or --architecture",
    when: whenValid,
  })
  .refine((options) => options.model !== undefined || options["random-weights"], {
    error: "an architecture alone has no weights: name a model, or say --random-weights",
    when: whenValid,
  });

/** The arguments of the command. */
export type Options = z.infer<typeof optionsSchema>;

/**
 * Parses the arguments of the command.
 * @throws OpnasError BAD_SETTING naming the option and what is wrong with it
 */
export function parseOptions(argv: readonly string[]): Options {
  const parsed = optionsSchema.safeParse({ ...valuesOf(argv) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = issue?.path.join(".") ?? "";
  const place = option === "" ? "" : `--${option}: `;
  throw new OpnasError("BAD_SETTING", `${place}${issue?.message ?? "not valid"}`);
}

function valuesOf(argv: readonly string[]) {
  const options = Object.keys(fields).map((name) => {
    return [name, { type: name === "random-weights" ? "boolean" : "string" }] as const;
  });
  try {
    return parseArgs({ args: [...argv], options: Object.fromEntries(options) }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new OpnasError("BAD_SETTING", message, { cause });
  }
}
