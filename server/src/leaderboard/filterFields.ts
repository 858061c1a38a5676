import { kernelSizes } from "@opnas/core";
import { Prisma } from "@opnas/prisma";
import { LayerKind, PrimitiveOperation, Stability } from "../architecture/types.js";
import {
  choiceField,
  featureField,
  flagField,
  idField,
  numberField,
  ownerField,
  searchField,
  tagField,
  teamField,
  textField,
  timeField,
} from "../filter/fields.js";
import type { FilterFields } from "../filter/parse.js";
import {
  archivedField,
  presetField,
  runNameField,
  runTagField,
  strategyField,
  writtenValues,
} from "../run/filterFields.js";

const fixed = { fixed: true } as const;

/** The fields of architectures that filters of GraphQL's input type name, too. */
export const architectureFields = {
  score: numberField(Prisma.sql`a.score`, {
    name: "score",
    description: "The mean score of the proxy tasks, 0 to 100.",
  }),
  params: numberField(Prisma.sql`a.params`, {
    ...fixed,
    name: "params",
    description: "The number of parameters, such as 30M.",
  }),
  flops: numberField(Prisma.sql`a.flops`, {
    ...fixed,
    name: "flops",
    description: "The floating-point operations of one sequence, such as 2G.",
  }),
  created: timeField(Prisma.sql`a."createdAt"`, {
    ...fixed,
    name: "created",
    aliases: ["createdAt"],
    description: "The time at which it was proposed.",
  }),
  text: searchField([Prisma.sql`a.name`, Prisma.sql`a.key`], {
    ...fixed,
    name: "text",
    description: "The name or the key contains this. A text in quotes by itself means the same.",
  }),
  stable: flagField(Prisma.sql`a.stability = 'STABLE'`, {
    name: "stable",
    description: "Its training stayed finite, and it learned.",
  }),
  reference: textField(Prisma.sql`a.reference`, {
    ...fixed,
    name: "reference",
    description: "The name of a reference backbone. By itself: it is one, no candidate.",
    nullable: true,
  }),
  kind: featureField("kind", writtenValues(LayerKind), {
    name: "layer.kind",
    description: "It has a layer of this kind.",
  }),
  kernel: featureField(
    "kernel",
    Object.fromEntries(kernelSizes.map((size) => [String(size), size])),
    { name: "layer.kernel", description: "It has a convolution of this kernel size." },
  ),
  operation: featureField("operation", writtenValues(PrimitiveOperation), {
    name: "layer.operation",
    aliases: ["operation"],
    description: "An attention graph of it has this operation.",
  }),
  tag: tagField(Prisma.sql`a.tags`, {
    name: "tag",
    aliases: ["tags"],
    description: "It has this tag. By itself: it has any.",
  }),
  run: idField(Prisma.sql`a."runId"`, {
    ...fixed,
    name: "run",
    description: "The id of its run.",
  }),
};

/** The fields that filters of architectures name. */
export const leaderboardFields: FilterFields = {
  text: architectureFields.text,
  fields: [
    architectureFields.score,
    architectureFields.params,
    architectureFields.flops,
    numberField(Prisma.sql`a."stepSeconds"`, {
      name: "stepTime",
      aliases: ["stepSeconds"],
      description: "The measured seconds of a training step. By itself: they were measured.",
      nullable: true,
    }),
    numberField(Prisma.sql`a."stepRatio"`, {
      name: "stepRatio",
      description:
        "The time of a training step as a multiple of vanilla BERT's. By itself: it was measured.",
      nullable: true,
    }),
    architectureFields.created,
    textField(Prisma.sql`a.name`, { ...fixed, name: "name", description: "Its name." }),
    textField(Prisma.sql`a.key`, {
      ...fixed,
      name: "key",
      description: "Its key, which equal architectures share.",
    }),
    architectureFields.text,
    architectureFields.stable,
    choiceField(Prisma.sql`a.stability::text`, writtenValues(Stability), {
      name: "stability",
      description: "The course of its training.",
      nullable: true,
    }),
    architectureFields.reference,
    architectureFields.kind,
    architectureFields.kernel,
    architectureFields.operation,
    architectureFields.tag,
    presetField,
    strategyField,
    ownerField,
    teamField,
    architectureFields.run,
    { ...runNameField, name: "run.name", description: "The name of its run." },
    { ...runTagField, name: "run.tag", aliases: [], description: "Its run has this tag." },
    archivedField,
  ],
};
