"use client";

import { Play } from "lucide-react";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import type { StrategyName } from "@/generated/graphql";
import { strategyLabels } from "@/runs/labels";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Field, Input, Select } from "@/ui/field";
import { ErrorNotice } from "@/ui/states";
import { Advanced } from "./advanced";
import { PresetChoice } from "./preset-choice";
import type { Choices } from "./queries";
import { type Edits, flatten, overrides } from "./settings";
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

export function StartForm({ choices }: { choices: Choices }) {
  const { presets } = choices;
  const [presetName, setPresetName] = useState(
    () => (presets.find(({ name }) => name === "tiny") ?? presets[0])?.name ?? "",
  );
  const [name, setName] = useState("");
  const [seed, setSeed] = useState("");
  const [strategy, setStrategy] = useState<StrategyName>("OPNAS");
  const [edits, setEdits] = useState<Edits>({});
  const { start, starting, failure, error } = useStartSearch();

  const preset = presets.find((candidate) => candidate.name === presetName);
  const settings = flatten(preset?.settings).filter(({ path }) => path !== "strategy");
  const { values, errors: typing } = overrides(settings, edits);
  const seedError = /^\d*$/.test(seed.trim()) ? failure?.fields.seed : "Enter a whole number.";
  const blocked = Object.keys(typing).length > 0 || !/^\d*$/.test(seed.trim());
  const errors = {
    ...Object.fromEntries(
      settings.flatMap(({ path }) => {
        const message = failure?.fields[`settings.${path}`];
        return message === undefined ? [] : [[path, message]];
      }),
    ),
    ...typing,
  };

  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [error]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (blocked) return;
    void start({
      preset: presetName,
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
            chosen={presetName}
            onChoose={(chosen) => {
              setPresetName(chosen);
              setEdits({});
            }}
          />
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
            <Field label="Name" hint="Empty: one is made up." {...errorProp(failure?.fields.name)}>
              {(control) => (
                <Input
                  {...control}
                  name="name"
                  autoComplete="off"
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
            <Field
              label="Seed"
              hint="Empty: chosen and recorded. The same seed gives the same search."
              {...errorProp(seedError)}
            >
              {(control) => (
                <Input
                  {...control}
                  name="seed"
                  inputMode="numeric"
                  autoComplete="off"
                  value={seed}
                  onChange={(event) => setSeed(event.target.value)}
                />
              )}
            </Field>
            <Field label="Strategy" {...errorProp(failure?.fields.strategy)}>
              {(control) => (
                <Select
                  {...control}
                  name="strategy"
                  value={strategy}
                  onChange={(event) => {
                    const chosen = strategies.find((value) => value === event.target.value);
                    if (chosen) setStrategy(chosen);
                  }}
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
          onEdit={(path, value) => setEdits((current) => ({ ...current, [path]: value }))}
        />
      </Card>
      <div className="mt-5 flex flex-col gap-4 sm:flex-row-reverse sm:items-start">
        <Button
          type="submit"
          look="primary"
          disabled={starting || blocked}
          data-testid="start-search"
        >
          <Play aria-hidden />
          {starting ? "Starting…" : "Start search"}
        </Button>
        <div className="flex-1">{error && <ErrorNotice error={error} />}</div>
      </div>
    </form>
  );
}

function errorProp(error: string | undefined): { error?: string } {
  return error === undefined ? {} : { error };
}
