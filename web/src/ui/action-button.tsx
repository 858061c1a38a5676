"use client";

import type { ReactNode } from "react";
import { type AnyVariables, type TypedDocumentNode, useMutation } from "urql";
import { toApiError } from "@/api/errors";
import { Button } from "./button";
import { Confirm } from "./dialog";

/** A button that sends a mutation, after a question if there is one, and shows why it was refused. */
export function ActionButton<Data, Variables extends AnyVariables>(props: {
  mutation: TypedDocumentNode<Data, Variables>;
  variables: Variables;
  label: string;
  /** The name for assistive technology, where the label says too little by itself. */
  name?: string;
  look?: "plain" | "danger";
  confirm?: { title: string; text: ReactNode; keep: string };
  onDone?: (data: Data) => void;
  "data-testid"?: string;
}) {
  const { mutation, variables, label, confirm, onDone } = props;
  const [{ fetching, error }, execute] = useMutation(mutation);
  const act = async () => {
    const { data } = await execute(variables);
    if (data) onDone?.(data);
  };
  const button = (
    <Button
      size="small"
      look={props.look ?? (confirm ? "danger" : "plain")}
      disabled={fetching}
      aria-label={props.name}
      data-testid={props["data-testid"]}
      onClick={confirm ? undefined : () => void act()}
    >
      {label}
    </Button>
  );
  return (
    <>
      {confirm ? (
        <Confirm
          trigger={button}
          title={confirm.title}
          action={label}
          keep={confirm.keep}
          onConfirm={() => void act()}
        >
          {confirm.text}
        </Confirm>
      ) : (
        button
      )}
      {error && (
        <p role="alert" className="mt-1 text-xs font-medium text-bad">
          {toApiError(error).message}
        </p>
      )}
    </>
  );
}
