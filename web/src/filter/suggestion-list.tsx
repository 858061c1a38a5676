import { clsx } from "clsx";
import type { Suggestion } from "./suggestions";

/** Shows suggestions below a text box; `active` is the one that Return takes, -1 for none. */
export function SuggestionList(props: {
  id: string;
  offered: readonly Suggestion[];
  active: number;
  onTake: (suggestion: Suggestion) => void;
}) {
  const { id, offered, active, onTake } = props;
  return (
    <ul
      id={`${id}-list`}
      role="listbox"
      aria-label="Suggestions"
      hidden={offered.length === 0}
      className="absolute top-full left-0 z-20 mt-1 w-full max-w-md overflow-hidden rounded-lg border border-line bg-surface py-1 text-sm shadow-2xl"
    >
      {offered.map((suggestion, index) => (
        <li
          key={suggestion.label}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          // The box keeps the focus, so that typing goes on.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
          className={clsx(
            "flex cursor-pointer items-baseline gap-3 px-3 py-1.5 hover:bg-sunken",
            index === active && "bg-accent-soft text-accent",
          )}
        >
          <span className="font-mono text-[13px]">{suggestion.label}</span>
          <span className="min-w-0 flex-1 truncate text-xs text-muted">{suggestion.note}</span>
        </li>
      ))}
    </ul>
  );
}
