import { parseArgs } from "node:util";
import { OpnasError } from "@opnas/core";
import { z } from "zod";

/** The help text of the command. */
export const usage = `npm run import -- FOLDER --out MODEL_FOLDER
npm run import -- ARCHITECTURE.json

  FOLDER                  a BERT or RoBERTa of transformers, or what npm run export wrote:
                          config.json, model.safetensors, and tokenizer.json or vocab.txt
  --out MODEL_FOLDER      where model.json and weights.safetensors are written, for
                          npm run benchmark and npm run export
  ARCHITECTURE.json       an architecture, which is only checked`;

const optionsSchema = z.strictObject({
  source: z.string().min(1),
  out: z.string().min(1).optional(),
});

/** The arguments of the command. */
export type Options = z.infer<typeof optionsSchema>;

/**
 * Parses the arguments of the command.
 * @throws OpnasError BAD_SETTING naming what is wrong
 */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parsedArgs(argv);
  const [source, ...others] = positionals;
  if (source === undefined || others.length > 0) {
    throw new OpnasError("BAD_SETTING", "name one folder or file that is to be imported");
  }
  const parsed = optionsSchema.safeParse({ source, out: values.out });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OpnasError("BAD_SETTING", `--${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

function parsedArgs(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { out: { type: "string" } },
      allowPositionals: true,
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new OpnasError("BAD_SETTING", message, { cause });
  }
}
