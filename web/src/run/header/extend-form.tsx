"use client";

import { FastForward } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { ErrorNotice } from "@/ui/states";
import { extendSearch } from "./queries";

/** A form that lets a finished run go on for a number of generations. */
export function ExtendForm({ runId }: { runId: string }) {
  const [generations, setGenerations] = useState("5");
  const [{ fetching, error }, extend] = useMutation(extendSearch);
  const number = Number(generations);
  const isValid = Number.isInteger(number) && number >= 1;
  return (
    <form
      className="flex items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) void extend({ id: runId, generations: number });
      }}
    >
      <label className="flex items-center gap-2 text-sm whitespace-nowrap text-muted">
        <span className="w-20 shrink-0">
          <Input
            type="number"
            min={1}
            step={1}
            value={generations}
            aria-invalid={!isValid}
            onChange={(event) => setGenerations(event.target.value)}
            data-testid="extend-generations"
          />
        </span>
        more generations
      </label>
      <Button type="submit" disabled={fetching || !isValid} data-testid="extend-run">
        <FastForward aria-hidden /> Extend
      </Button>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}
