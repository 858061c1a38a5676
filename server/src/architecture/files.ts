import {
  type Architecture as Backbone,
  architectureSchema,
  atDepth,
  type ModelSize,
  publishedSizes,
  publishedTraining,
} from "@opnas/core";
import {
  cardFileName,
  configJson,
  latexFile,
  latexFileName,
  modelingFile,
  modelCard,
  modelingFileName,
  svgFile,
  svgFileName,
} from "@opnas/export";
import { type Database, modelFacts, settingsOfRun } from "@opnas/prisma";
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
} from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { PublishedSize } from "../pretraining/inputs.js";
import { jsonOf } from "./fields.js";
import type { ArchitectureRow } from "./row.js";
import { Architecture } from "./types.js";

export enum ArchitectureFormat {
  JSON = "JSON",
  PYTORCH = "PYTORCH",
  LATEX = "LATEX",
  SVG = "SVG",
  CARD = "CARD",
}
registerEnumType(ArchitectureFormat, {
  name: "ArchitectureFormat",
  description: "A form in which an architecture leaves the platform, without weights.",
  valuesConfig: {
    JSON: { description: "The JSON form, which importArchitecture and npm run export read." },
    PYTORCH: {
      description:
        "A Python file for torch and transformers, and its config.json: AutoModel.from_config makes the model.",
    },
    LATEX: { description: "The formulas of the layers, as a LaTeX document." },
    SVG: { description: "A drawing of the layers' graphs." },
    CARD: {
      description:
        "A model card in Markdown, as on Hugging Face: scores beside baselines, lineage, text, settings, and the commands that make it again.",
    },
  },
});

@ObjectType({ description: "A text file." })
export class ArchitectureFile {
  @Field(() => String, { description: "The name of the file." })
  name!: string;

  @Field(() => String, { description: "Its content." })
  content!: string;
}

@Resolver(() => Architecture)
export class ArchitectureFiles {
  @UsualLength(2)
  @FieldResolver(() => [ArchitectureFile], {
    description: "The architecture in a form for other programs, without weights.",
  })
  async files(
    @Root() row: ArchitectureRow,
    @Arg("format", () => ArchitectureFormat, { description: "The form." })
    format: ArchitectureFormat,
    @Arg("size", () => PublishedSize, {
      nullable: true,
      description:
        "A published size, for PYTORCH: its depth repeats the layers. By default that of the search.",
    })
    size: PublishedSize | null,
    @Ctx() { loaders, database }: Context,
  ): Promise<ArchitectureFile[]> {
    const architecture = architectureSchema.parse(await jsonOf(row, loaders));
    if (format === ArchitectureFormat.JSON) return [jsonFile("architecture.json", architecture)];
    if (format === ArchitectureFormat.LATEX) {
      return [{ name: latexFileName, content: latexFile(architecture) }];
    }
    if (format === ArchitectureFormat.SVG) {
      return [{ name: svgFileName, content: svgFile(architecture) }];
    }
    if (format === ArchitectureFormat.CARD) {
      return [{ name: cardFileName, content: await cardOf(database, row, architecture) }];
    }
    const searched = settingsOfRun(await loaders.settings.load(row.runId)).size;
    return pytorchFiles(architecture, row.reference, searched, size);
  }
}

/** Writes the model card of an architecture at the size of its search, without weights. */
async function cardOf(
  database: Database,
  { id, runId, params }: ArchitectureRow,
  architecture: Backbone,
): Promise<string> {
  const run = await database.searchRun.findUniqueOrThrow({ where: { id: runId } });
  const facts = await modelFacts(database, { architectureId: id, pretrainingId: null });
  const { layers } = architecture;
  return modelCard({
    ...facts,
    architecture,
    size: { ...settingsOfRun(run).size, layers: layers.length },
    modelClass: "OpnasForPreTraining",
    weights: "none",
    parameters: params,
    data: [],
    commands: [...facts.commands, `npx opnas export ${id} --format pytorch`],
  });
}

function pytorchFiles(
  architecture: Backbone,
  reference: string | null,
  searched: ModelSize,
  published: PublishedSize | null,
): ArchitectureFile[] {
  const { length } = publishedTraining;
  const { layers } = architecture;
  const size: ModelSize =
    published === null
      ? { ...searched, layers: layers.length }
      : { ...searched, ...publishedSizes[published], length };
  const model = atDepth(architecture, reference, size.layers);
  return [
    { name: modelingFileName, content: modelingFile(model, size) },
    jsonFile("config.json", configJson(model, size, "OpnasForPreTraining")),
  ];
}

function jsonFile(name: string, value: unknown): ArchitectureFile {
  return { name, content: `${JSON.stringify(value, null, 2)}\n` };
}
