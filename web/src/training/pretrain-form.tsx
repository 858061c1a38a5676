"use client";

import { Play } from "lucide-react";
import { type SubmitEvent, useRef, useState } from "react";
import { useMutation } from "urql";
import { toApiError } from "@/api/errors";
import type { PublishedSize } from "@/generated/graphql";
import { randomKey } from "@/start/use-start";
import { Button } from "@/ui/button";
import { Field, Input, Select } from "@/ui/field";
import { ErrorNotice } from "@/ui/states";
import { pretrain } from "./queries";

const sizes: readonly PublishedSize[] = ["SMALL", "BASE", "LARGE"];

const fields = [
  { name: "steps", label: "Steps", empty: "the default" },
  { name: "size.layers", label: "Layers", empty: "of the size" },
  { name: "size.hidden", label: "Hidden", empty: "of the size" },
  { name: "size.heads", label: "Heads", empty: "of the size" },
] as const;
type Name = (typeof fields)[number]["name"];

/** Asks for a size and a number of steps; what is left empty the server fills in. */
export function PretrainForm(props: { architectureId: string; onStart: () => void }) {
  const [texts, setTexts] = useState<Partial<Record<Name, string>>>({});
  const [size, setSize] = useState<PublishedSize | null>(null);
  const [{ fetching, error }, start] = useMutation(pretrain);
  // A second click or a retry after a lost answer does not start a second training.
  const sent = useRef({ text: "", key: "" });
  const failure = error && toApiError(error);
  const isWrong = (name: Name) => !/^\d*$/.test(texts[name]?.trim() ?? "");
  const blocked = fields.some(({ name }) => isWrong(name));

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
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
        {fields.map(({ name, label, empty }) => {
          const message = isWrong(name)
            ? "Enter a whole number."
            : failure?.fields[`settings.${name}`];
          return (
            <Field key={name} label={label} {...(message === undefined ? {} : { error: message })}>
              {(control) => (
                <Input
                  {...control}
                  name={name}
                  inputMode="numeric"
                  autoComplete="off"
                  placeholder={empty}
                  value={texts[name] ?? ""}
                  onChange={({ target }) => setTexts({ ...texts, [name]: target.value })}
                />
              )}
            </Field>
          );
        })}
      </div>
      <Button type="submit" look="primary" disabled={fetching || blocked} data-testid="pretrain">
        <Play aria-hidden /> {fetching ? "Starting…" : "Pre-train"}
      </Button>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}

/** Partial settings of what was filled in. */
function settingsOf(texts: Partial<Record<Name, string>>) {
  const number = (name: Name) => {
    const text = texts[name]?.trim() ?? "";
    return text === "" ? undefined : Number(text);
  };
  return {
    steps: number("steps"),
    size: {
      layers: number("size.layers"),
      hidden: number("size.hidden"),
      heads: number("size.heads"),
    },
  };
}
