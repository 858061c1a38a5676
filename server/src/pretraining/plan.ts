import { randomInt } from "node:crypto";
import {
  architectureSchema,
  defaultPretraining,
  pretrainSettingsSchema,
  publishedSizes,
  publishedTraining,
  type ModelSize,
  type PretrainSettings,
} from "@opnas/core";
import {
  type Architecture,
  type NewPretraining,
  type SearchRun,
  settingsOfRun,
} from "@opnas/prisma";
import { z } from "zod";
import { parseInput, text } from "../input.js";
import { intBound, mergeSettings, settingsInput } from "../run/startSearch.js";
import { type PretrainInput, PublishedSize } from "./inputs.js";

const inputSchema = z.object({
  seed: z.int().min(0, "it is below 0").nullish(),
  size: z.enum(PublishedSize).nullish(),
  settings: settingsInput,
  idempotencyKey: text(200).min(1, "it is empty").nullish(),
});

/**
 * Turns a request to pre-train into the pre-training to record: the default settings at the size of
 * the search that found the architecture, or at a published one, with those of the request merged in.
 * @throws InputError that names the field at fault
 */
export function plannedPretraining(
  { id, json }: Pick<Architecture, "id" | "json">,
  run: Pick<SearchRun, "settings">,
  request: PretrainInput,
): NewPretraining {
  const input = parseInput(inputSchema, request, "input");
  const layers = architectureSchema.parse(json).layers.length;
  const base = baseOf({ ...settingsOfRun(run).size, layers }, input.size);
  const path = ["input", "settings"];
  const settings = mergeSettings(base, input.settings ?? {}, path);
  return {
    architectureId: id,
    seed: input.seed ?? randomInt(intBound),
    settings: parseInput(pretrainSettingsSchema, settings, ...path),
    idempotencyKey: input.idempotencyKey ?? undefined,
    isSeedDrawn: input.seed == null,
  };
}

function baseOf(
  searched: ModelSize,
  published: PublishedSize | null | undefined,
): PretrainSettings {
  if (published == null) return defaultPretraining(searched);
  const { length, learningRate } = publishedTraining;
  const size = { ...searched, ...publishedSizes[published], length };
  return { ...defaultPretraining(size), learningRate };
}
