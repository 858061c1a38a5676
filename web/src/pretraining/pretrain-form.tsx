"use client";

import { Play } from "lucide-react";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useMutation } from "urql";
import { randomKey } from "@/api/random-key";
import { useFieldErrors } from "@/api/use-field-errors";
import type { PublishedSize } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { Field, Input, Select } from "@/ui/field";
import { revealFault } from "@/ui/reveal-fault";
import { ErrorNotice } from "@/ui/states";
import { pretrain } from "./queries";

const sizes: readonly PublishedSize[] = ["SMALL", "BASE", "LARGE"];

/** The fields of the form; `name` is the setting's dotted path. */
const fields = [
  { name: "steps", label: "Steps", kind: "whole", empty: "the default" },
  { name: "size.layers", label: "Layers", kind: "whole", empty: "of the size" },
  { name: "size.hidden", label: "Hidden", kind: "whole", empty: "of the size" },
  { name: "size.heads", label: "Heads", kind: "whole", empty: "of the size" },
  { name: "size.length", label: "Tokens of a pair", kind: "whole", empty: "of the size" },
  { name: "size.vocabulary", label: "Vocabulary", kind: "whole", empty: "the search's" },
  { name: "batch", label: "Batch", kind: "whole", empty: "the default" },
  { name: "accumulate", label: "Batches of a step", kind: "whole", empty: "1" },
  { name: "learningRate", label: "Learning rate", kind: "number", empty: "of the size" },
  { name: "text.folder", label: "Own text", kind: "text", empty: "the search's" },
] as const;
type Name = (typeof fields)[number]["name"];
type Texts = Partial<Record<Name, string>>;

const patterns = { whole: /^\d*$/, number: /^(\d+(\.\d*)?(e-?\d+)?)?$/i, text: /^/ };
const messages = { whole: "Enter a whole number.", number: "Enter a number.", text: "" };

/** A form for the settings of a pre-training; the server fills in those that are left empty. */
export function PretrainForm(props: { architectureId: string; onStart: () => void }) {
  const [texts, setTexts] = useState<Texts>({});
  const [size, setSize] = useState<PublishedSize | null>(null);
  const [{ fetching, error }, start] = useMutation(pretrain);
  // A second click or a retry after a lost answer does not start a second pre-training.
  const sent = useRef({ text: "", key: "" });
  const refused = useFieldErrors(error);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) revealFault(form.current);
  }, [error]);
  const isWrong = ({ name, kind }: (typeof fields)[number]) =>
    !patterns[kind].test(texts[name]?.trim() ?? "");
  const blocked = fields.some(isWrong);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (blocked) {
      revealFault(form.current);
      return;
    }
    const text = JSON.stringify([size, texts]);
    if (sent.current.text !== text) sent.current = { text, key: randomKey() };
    const input = { size, settings: settingsOf(texts), idempotencyKey: sent.current.key };
    const { data } = await start({ architectureId: props.architectureId, input });
    if (!data) return;
    sent.current = { text: "", key: "" };
    props.onStart();
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => void submit(event)}
      className="space-y-3"
      data-testid="pretrain-form"
    >
      <Field label="Size">
        {(control) => (
          <Select
            {...control}
            value={size ?? ""}
            onChange={({ target }) => setSize(sizes.find((each) => each === target.value) ?? null)}
          >
            <option value="">As searched</option>
            {sizes.map((each) => (
              <option key={each} value={each}>
                {each.charAt(0) + each.slice(1).toLowerCase()}, as published
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {fields.map((field) => {
          const { name, label, kind, empty } = field;
          const message = isWrong(field) ? messages[kind] : refused.fields[`settings.${name}`];
          return (
            <Field key={name} label={label} {...(message === undefined ? {} : { error: message })}>
              {(control) => (
                <Input
                  {...control}
                  name={name}
                  inputMode={({ whole: "numeric", number: "decimal", text: "text" } as const)[kind]}
                  autoComplete="off"
                  placeholder={empty}
                  value={texts[name] ?? ""}
                  onChange={({ target }) => {
                    setTexts({ ...texts, [name]: target.value });
                    refused.onEdit(`settings.${name}`);
                  }}
                />
              )}
            </Field>
          );
        })}
      </div>
      <Button type="submit" look="primary" disabled={fetching} data-testid="pretrain">
        <Play aria-hidden /> {fetching ? "Starting…" : "Pre-train"}
      </Button>
      {error && !refused.namesFields && <ErrorNotice error={error} />}
    </form>
  );
}

/** Returns the partial settings for the fields that were filled in. */
function settingsOf(texts: Texts) {
  const filled = (name: Name) => texts[name]?.trim() || undefined;
  const number = (name: Name) => {
    const text = filled(name);
    return text === undefined ? undefined : Number(text);
  };
  const folder = filled("text.folder");
  return {
    steps: number("steps"),
    batch: number("batch"),
    accumulate: number("accumulate"),
    learningRate: number("learningRate"),
    size: {
      layers: number("size.layers"),
      hidden: number("size.hidden"),
      heads: number("size.heads"),
      length: number("size.length"),
      vocabulary: number("size.vocabulary"),
    },
    text: folder === undefined ? undefined : { folder },
  };
}
