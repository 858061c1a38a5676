"use client";

import { type ReactNode, type SubmitEvent, useRef } from "react";
import { type AnyVariables, type TypedDocumentNode, useMutation } from "urql";
import { useFieldErrors } from "@/api/use-field-errors";
import { Button } from "./button";
import { revealFault } from "./reveal-fault";
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
  const form = useRef<HTMLFormElement>(null);
  const { fields, namesFields, onEdit } = useFieldErrors(error);
  const shown = new Set<string>();
  const children = props.children((path) => {
    const [name, message] =
      Object.entries(fields).find(([each]) => each === path || each.startsWith(`${path}.`)) ?? [];
    if (name === undefined || message === undefined) return {};
    shown.add(name);
    return { error: message };
  });
  // What is said about a field that the form does not have is shown below, too.
  const isElsewhere = Object.keys(fields).some((name) => !shown.has(name));

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormValues(new FormData(event.currentTarget));
    const { data } = await execute(props.variables(values));
    if (!data) {
      revealFault(form.current);
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
        if ("name" in target && typeof target.name === "string") onEdit(target.name);
      }}
    >
      {children}
      {error && (!namesFields || isElsewhere) && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" disabled={fetching}>
        {fetching ? (props.busyLabel ?? "One moment…") : props.label}
      </Button>
    </form>
  );
}
