"use client";

import { Pencil } from "lucide-react";
import { useState } from "react";
import type { FullRun } from "@/run/queries";
import { Button } from "@/ui/button";
import { Field, Input, TextArea } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { Popover } from "@/ui/popover";
import { describeRun } from "./queries";

/** Opens a form for what people say of a run: its name, tags and note. */
export function DescribeRun({ run }: { run: FullRun }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label="Name, tags and note"
      trigger={
        <Button data-testid="describe-run">
          <Pencil aria-hidden /> Describe
        </Button>
      }
    >
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
        onDone={() => setOpen(false)}
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
    </Popover>
  );
}

/** Returns the tags in a text with commas between them. */
function tagsOf(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim());
  return [...new Set(tags)].filter((tag) => tag !== "");
}
