"use client";

import { Search } from "lucide-react";
import { Input } from "./field";
import { useTypedText } from "./use-typed-text";

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
  const { text, setText } = useTypedText(value, onChange, () => typingPauseMs);
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
