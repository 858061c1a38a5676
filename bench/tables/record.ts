/** The record of truth (docs/decisions/0017) as one table among others. */
import { architectureKey, kernelSizes } from "@opnas/core";
import { mean } from "../common/statistics.ts";
import { readRecord } from "../record/file.ts";
import { everyBackbone, recordedSlots, tinySpace } from "../record/space.ts";
import { byKey, recorded, type Table, type TableSlot } from "./table.ts";

/**
 * Reads a record of the tiny space.
 * @throws ZodError if the file holds something else; RangeError if a backbone was not recorded
 */
export async function recordTable(file: string): Promise<Table> {
  const { entries, settings } = await readRecord(file);
  const byArchitecture = new Map(
    entries.map(({ key, runs }) => [key, runs.map(({ score }) => score)]),
  );
  const { layers } = settings.size;
  const space = tinySpace(layers, { kindChanges: 0, layerKind: 0 });
  const all = new Map(everyBackbone(layers).map((backbone) => [space.key(backbone), backbone]));
  const runs = new Map(
    [...all].map(([key, backbone]) => [key, recorded(byArchitecture, architectureKey(backbone))]),
  );
  return {
    name: "record",
    title: "the record of truth",
    scores: new Map([...runs].map(([key, scores]) => [key, mean(scores)])),
    runs,
    spaceOf: ({ mutation }) => byKey(tinySpace(layers, mutation), (key) => recorded(all, key)),
    slots: slotsOf(layers),
    keyOf: (options) => {
      return Array.from({ length: layers }, (_, layer) => layerKey(options, layer)).join(" | ");
    },
  };
}

const names = ["similarity", "activation", "value"];

/** Returns for each layer its kind, its kernel size, and what an attention graph has in its places. */
function slotsOf(layers: number): TableSlot[] {
  return Array.from({ length: layers }, (_, layer): TableSlot[] => {
    const kind = `${layer} kind`;
    return [
      { name: kind, options: ["conv", "attention"] },
      {
        name: `${layer} kernel`,
        options: kernelSizes.map(String),
        when: { slot: kind, is: "conv" },
      },
      ...recordedSlots.map((options, place) => ({
        name: `${layer} ${names[place] ?? place}`,
        options,
        when: { slot: kind, is: "attention" },
      })),
    ];
  }).flat();
}

/** Returns a layer's part of the key of a backbone of the tiny space. */
function layerKey(options: Readonly<Record<string, string>>, layer: number): string {
  if (options[`${layer} kind`] === "conv") return `conv ${options[`${layer} kernel`] ?? ""}`;
  return names.map((name) => options[`${layer} ${name}`] ?? "").join(" ");
}
