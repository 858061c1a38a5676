"use client";

import type { FullRun } from "@/run/queries";
import { Field, Input, TextArea } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { describeRun } from "./form-queries";

/** A form for what people say of a run: its name, tags and note. */
export default function DescribeForm({ run, onDone }: { run: FullRun; onDone: () => void }) {
  return (
    <MutationForm
      mutation={describeRun}
      variables={(values) => {
        const tags = tagsOf(values.text("tags"));
        const added = tags.filter((tag) => !run.tags.includes(tag));
        const removed = run.tags.filter((tag) => !tags.includes(tag));
        return {
          id: run.id,
          name: values.text("name"),
          note: values.text("note") || null,
          added,
          removed,
          adds: added.length > 0,
          removes: removed.length > 0,
        };
      }}
      label="Save"
      onDone={onDone}
      className="space-y-3"
      data-testid="describe-run-form"
    >
      {(errorOf) => (
        <>
          <Field label="Name" {...errorOf("name")}>
            {(control) => (
              <Input {...control} name="name" autoComplete="off" defaultValue={run.name} />
            )}
          </Field>
          <Field label="Tags" hint="With commas between." {...errorOf("tags")}>
            {(control) => (
              <Input
                {...control}
                name="tags"
                autoComplete="off"
                defaultValue={run.tags.join(", ")}
              />
            )}
          </Field>
          <Field label="Note" {...errorOf("note")}>
            {(control) => (
              <TextArea {...control} name="note" rows={4} defaultValue={run.note ?? ""} />
            )}
          </Field>
        </>
      )}
    </MutationForm>
  );
}

/** Returns the tags in a text with commas between them. */
function tagsOf(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim());
  return [...new Set(tags)].filter((tag) => tag !== "");
}
