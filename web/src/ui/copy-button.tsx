"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";

/** Copies `text` and shows for a moment whether it worked (a browser may refuse without https). */
export function CopyButton({ text, children }: { text: string; children: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  };
  return (
    <Button size="small" onClick={copy} aria-live="polite">
      {outcome === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}
      {outcome === "copied" ? "Copied" : outcome === "refused" ? "Not allowed here" : children}
    </Button>
  );
}
