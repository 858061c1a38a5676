"use client";

import { Search } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { ViewList } from "@/generated/graphql";
import { Input } from "@/ui/field";
import { FaultNotice } from "./fault-notice";
import type { FilterFault } from "./fault";
import { FilterHelp } from "./filter-help";
import { SuggestionList } from "./suggestion-list";
import { type Suggestion, suggestions } from "./suggestions";
import { useFields } from "./use-fields";
import { useTypedText } from "@/ui/use-typed-text";
import { isFilter } from "./written";

/** Milliseconds of a pause in typing: a filter is often half written, a name is searched for at once. */
const pauseMs = { name: 250, filter: 900 };

/**
 * Shows a box for a text that is looked for in names, or for a filter of docs/filter-language.md, with
 * suggestions while it is typed. Return applies it at once.
 */
export function FilterBox(props: {
  list: ViewList;
  /** The text that stands in the box while it is empty. */
  placeholder: string;
  value: string;
  onChange: (text: string, isFilter: boolean) => void;
  /** The fault of `value`, if the API could not read it. */
  fault: FilterFault | undefined;
}) {
  const { list, value, fault } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { fields, names } = useFields(list);
  const meansFilter = (given: string) => isFilter(given, names);
  const { text, setText, report } = useTypedText(
    value,
    (given) => props.onChange(given, meansFilter(given)),
    (given) => (meansFilter(given) ? pauseMs.filter : pauseMs.name),
  );
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  const offered = caret === null ? [] : suggestions(text, caret, fields);

  const edit = (next: string, place: number | null) => {
    setText(next);
    setCaret(place);
    setActive(-1);
  };
  const take = (suggestion: Suggestion) => {
    flushSync(() => edit(suggestion.text, null));
    input.current?.focus();
    input.current?.setSelectionRange(suggestion.caret, suggestion.caret);
  };
  const replace = (next: string) => {
    edit(next, null);
    report(next);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = offered[active];
    if (event.key === "Enter") {
      event.preventDefault();
      if (chosen) take(chosen);
      else replace(text);
    } else if (event.key === "Escape" && offered.length > 0) {
      event.preventDefault();
      setCaret(null);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && offered.length > 0) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // The place before the first is the text itself.
      const places = offered.length + 1;
      setActive(((active + 1 + step + places) % places) - 1);
    }
  };
  const shownFault = fault && text.trim() === value ? fault : undefined;
  return (
    <div className="w-full min-w-0">
      <div className="relative">
        <Search aria-hidden className="absolute top-2.5 left-2.5 size-4 text-muted" />
        <Input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Search or filter"
          aria-autocomplete="list"
          aria-expanded={offered.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
          aria-invalid={shownFault !== undefined}
          aria-describedby={shownFault && `${id}-fault`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={props.placeholder}
          className="pr-10 pl-8"
          data-testid="filter-box"
          value={text}
          onChange={({ target }) => edit(target.value, target.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={() => setCaret(null)}
        />
        <FilterHelp list={list} fields={fields} onTry={replace} />
        <SuggestionList id={id} offered={offered} active={active} onTake={take} />
      </div>
      {shownFault && (
        <FaultNotice id={`${id}-fault`} text={value} fault={shownFault} onCorrect={replace} />
      )}
    </div>
  );
}
