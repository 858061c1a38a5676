"use client";

import { Play } from "lucide-react";
import { type SubmitEvent, useEffect, useRef } from "react";
import { useFieldErrors } from "@/api/use-field-errors";
import { count } from "@/format/number";
import type { StrategyName } from "@/generated/graphql";
import { strategyLabels } from "@/runs/labels";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Field, Input, Select } from "@/ui/field";
import { revealFault } from "@/ui/reveal-fault";
import { ErrorNotice } from "@/ui/states";
import { Advanced } from "./advanced";
import { useDraft } from "./draft";
import { PresetChoice } from "./preset-choice";
import type { Choices } from "./queries";
import { flatten, overrides } from "./settings";
import { useStartSearch } from "./use-start-search";

const strategies = [
  "OPNAS",
  "OPNAS_PAPER",
  "EVOLUTION",
  "LOCAL_SEARCH",
  "TPE",
  "RANDOM",
  "REINFORCEMENT",
] as const satisfies readonly StrategyName[];

const labels = { name: "Name", seed: "Seed", strategy: "Strategy" } as const;

/** The largest seed that the API takes. */
const largestSeed = 2 ** 31 - 1;

/** A form for the preset, the strategy and the settings of a new search. */
export function StartForm({ choices }: { choices: Choices }) {
  const { presets, settingDescriptions } = choices;
  const { draft, change, discard } = useDraft();
  const { name, seed, edits } = draft;
  const { start, starting, error } = useStartSearch(discard);
  const refused = useFieldErrors(error);
  const strategy = strategies.find((each) => each === draft.strategy) ?? "OPNAS";
  const preset =
    presets.find((each) => each.name === draft.preset) ??
    presets.find((each) => each.name === "tiny") ??
    presets[0];
  const settings = flatten(preset?.settings).filter(({ path }) => path !== "strategy");
  const ranges = new Map(settingDescriptions.map((words) => [words.path, words]));
  const { values, errors: typing } = overrides(settings, edits, ranges);
  const seedFault = seedFaultOf(seed);
  const isBlocked = Object.keys(typing).length > 0 || seedFault !== undefined;
  const errors = {
    ...Object.fromEntries(
      settings.flatMap(({ path }) => {
        const message = refused.fields[`settings.${path}`];
        return message === undefined ? [] : [[path, message]];
      }),
    ),
    ...typing,
  };
  const faults = new Set([
    ...Object.keys(errors).map((path) => ranges.get(path)?.title ?? path),
    ...(["name", "seed", "strategy"] as const).flatMap((field) =>
      refused.fields[field] === undefined ? [] : [labels[field]],
    ),
    ...(seedFault === undefined ? [] : [labels.seed]),
  ]);

  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) revealFault(form.current);
  }, [error]);

  const edit = (field: "name" | "seed" | "strategy", value: string) => {
    change({ [field]: value });
    refused.onEdit(field);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isBlocked) {
      revealFault(form.current);
      return;
    }
    void start({
      preset: preset?.name ?? "",
      strategy,
      ...(name.trim() && { name: name.trim() }),
      ...(seed.trim() && { seed: Number(seed) }),
      ...(Object.keys(values).length > 0 && { settings: values }),
    });
  };

  return (
    <form ref={form} onSubmit={submit} data-testid="start-form">
      <Card aria-label="Settings of the search" className="overflow-hidden">
        <div className="space-y-5 p-4 sm:p-5">
          <PresetChoice
            presets={presets}
            chosen={preset?.name ?? ""}
            onChoose={(chosen) => change({ preset: chosen })}
          />
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
            <Field
              label={labels.name}
              hint="Empty: one is made up."
              {...errorProp(refused.fields.name)}
            >
              {(control) => (
                <Input
                  {...control}
                  name="name"
                  autoComplete="off"
                  value={name}
                  onChange={(event) => edit("name", event.target.value)}
                />
              )}
            </Field>
            <Field
              label={labels.seed}
              hint="Empty: chosen and recorded. The same seed gives the same search."
              {...errorProp(seedFault ?? refused.fields.seed)}
            >
              {(control) => (
                <Input
                  {...control}
                  name="seed"
                  inputMode="numeric"
                  autoComplete="off"
                  value={seed}
                  onChange={(event) => edit("seed", event.target.value)}
                />
              )}
            </Field>
            <Field label={labels.strategy} {...errorProp(refused.fields.strategy)}>
              {(control) => (
                <Select
                  {...control}
                  name="strategy"
                  value={strategy}
                  onChange={(event) => edit("strategy", event.target.value)}
                >
                  {strategies.map((value) => (
                    <option key={value} value={value}>
                      {strategyLabels[value]}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
        </div>
        <Advanced
          settings={settings}
          edits={edits}
          errors={errors}
          choices={choices}
          onEdit={(path, value) => {
            change({ edits: { ...edits, [path]: typeof value === "object" ? [...value] : value } });
            refused.onEdit(`settings.${path}`);
          }}
          onReset={() => change({ edits: {} })}
        />
      </Card>
      <div className="mt-5 flex flex-col gap-4 sm:flex-row-reverse sm:items-start">
        <Button type="submit" look="primary" disabled={starting} data-testid="start-search">
          <Play aria-hidden />
          {starting ? "Starting…" : "Start search"}
        </Button>
        <div className="flex-1">
          {faults.size > 0 && (
            <p role="status" className="py-2 text-sm wrap-anywhere text-bad" data-testid="faults">
              To be corrected: {[...faults].join(", ")}.
            </p>
          )}
          {error && !refused.namesFields && <ErrorNotice error={error} />}
        </div>
      </div>
    </form>
  );
}

function seedFaultOf(seed: string): string | undefined {
  const isSeed = /^\d*$/.test(seed.trim()) && Number(seed) <= largestSeed;
  return isSeed ? undefined : `Enter a whole number from 0 to ${count(largestSeed)}.`;
}

function errorProp(error: string | undefined): { error?: string } {
  return error === undefined ? {} : { error };
}
