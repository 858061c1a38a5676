"use client";

import { type ReactNode, type SubmitEvent, useState } from "react";
import { Button } from "@/ui/button";
import { Refusal } from "./session";

/** A form that sends secrets once at a time, and shows why they were refused. */
export function SecretForm(props: {
  label: string;
  children: ReactNode;
  /** Sends what was entered. @throws Refusal */
  send: (values: FormData) => Promise<void>;
}) {
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSending(true);
    setProblem(undefined);
    try {
      await props.send(new FormData(event.currentTarget));
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      setProblem(failure.message);
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      method="post"
      onSubmit={(event) => void submit(event)}
      className="space-y-4"
      data-testid="sign-in-form"
    >
      {props.children}
      {problem !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {problem}
        </p>
      )}
      <Button type="submit" look="primary" className="w-full" disabled={sending}>
        {sending ? "One moment…" : props.label}
      </Button>
    </form>
  );
}

/** Returns the text of a form's field. */
export function textOf(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === "string" ? value : "";
}
