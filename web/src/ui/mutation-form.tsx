"use client";

import { type ReactNode, type SubmitEvent, useRef, useState } from "react";
import { type AnyVariables, type TypedDocumentNode, useMutation } from "urql";
import { toApiError } from "@/api/errors";
import { Button } from "./button";
import { ErrorNotice } from "./states";

/** The values that a form was filled in with, by the names of its controls. */
export class FormValues {
  constructor(private readonly values: FormData) {}

  /** Returns the text of a control, without blanks around it. */
  text(name: string): string {
    const value = this.values.get(name);
    return typeof value === "string" ? value.trim() : "";
  }

  /** Returns which of `names` is chosen; the first if none is. */
  choice<Name extends string>(name: string, names: readonly [Name, ...Name[]]): Name {
    const chosen = this.text(name);
    return names.find((each) => each === chosen) ?? names[0];
  }

  /** Returns which of `names` are ticked. */
  ticked<Name extends string>(name: string, names: readonly Name[]): Name[] {
    const chosen = new Set(this.values.getAll(name));
    return names.filter((each) => chosen.has(each));
  }
}

/**
 * A form that sends a mutation. The API's sentence about a field is shown at the field until it is
 * edited; what belongs to no field stands below. Once it succeeded the form is empty again.
 */
export function MutationForm<Data, Variables extends AnyVariables>(props: {
  mutation: TypedDocumentNode<Data, Variables>;
  variables: (values: FormValues) => Variables;
  label: string;
  busyLabel?: string;
  onDone?: (data: Data) => void;
  /** Draws the fields; the argument returns the error of a field by its dotted path in the input. */
  children: (errorOf: (path: string) => { error?: string }) => ReactNode;
  className?: string;
  "data-testid"?: string;
}) {
  const [{ fetching, error }, execute] = useMutation(props.mutation);
  const [edited, setEdited] = useState<ReadonlySet<string>>(new Set());
  const form = useRef<HTMLFormElement>(null);
  const fields = error ? toApiError(error).fields : {};
  const atFields = new Set<string>();
  const children = props.children((path) => {
    const message = Object.entries(fields).find(
      ([name]) => name === path || name.startsWith(`${path}.`),
    )?.[1];
    if (message === undefined) return {};
    atFields.add(path);
    return edited.has(path) ? {} : { error: message };
  });

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setEdited(new Set());
    const values = new FormValues(new FormData(event.currentTarget));
    const { data } = await execute(props.variables(values));
    if (!data) {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      return;
    }
    form.current?.reset();
    props.onDone?.(data);
  };
  return (
    <form
      ref={form}
      noValidate
      className={props.className ?? "space-y-4"}
      data-testid={props["data-testid"]}
      onSubmit={(event) => void submit(event)}
      onChange={({ target }) => {
        const name = "name" in target ? target.name : "";
        setEdited((names) => new Set([...names, name]));
      }}
    >
      {children}
      {error && atFields.size === 0 && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" disabled={fetching}>
        {fetching ? (props.busyLabel ?? "One moment…") : props.label}
      </Button>
    </form>
  );
}
