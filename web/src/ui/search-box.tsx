"use client";

import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { Input } from "./field";

const typingPauseMs = 250;

/** Shows a search box that reports its text when the typing pauses. */
export function SearchBox({
  label = "Search",
  value,
  onChange,
}: {
  label?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  const report = useEffectEvent(() => onChange(text));
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(report, typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className="relative w-full sm:w-44">
      <Search aria-hidden className="absolute top-2.5 left-2.5 size-4 text-muted" />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        className="pl-8"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}
