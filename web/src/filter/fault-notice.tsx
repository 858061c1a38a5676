import { Button } from "@/ui/button";
import { corrected, type FilterFault, markedText } from "./fault";

/** Shows why a filter cannot be read, with the place marked and names that may have been meant. */
export function FaultNotice(props: {
  id: string;
  text: string;
  fault: FilterFault;
  onCorrect: (text: string) => void;
}) {
  const { id, text, fault, onCorrect } = props;
  const { before, marked, after } = markedText(text, fault);
  return (
    <div id={id} role="alert" data-testid="filter-fault" className="mt-2 space-y-1.5 text-sm">
      <p className="font-mono text-[13px] wrap-anywhere whitespace-pre-wrap">
        {before}
        <mark
          data-testid="filter-mark"
          className="rounded-sm bg-bad-soft text-bad underline decoration-wavy underline-offset-4"
        >
          {marked}
        </mark>
        {after}
      </p>
      <p className="wrap-anywhere text-bad">{fault.message}</p>
      {fault.nearest.length > 0 && (
        <p className="flex flex-wrap items-center gap-2">
          {fault.nearest.slice(0, 3).map((name) => (
            <Button key={name} size="small" onClick={() => onCorrect(corrected(text, fault, name))}>
              Use <span className="font-mono">{name}</span>
            </Button>
          ))}
        </p>
      )}
    </div>
  );
}
