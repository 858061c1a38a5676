import { clsx } from "clsx";
import { percent } from "@/format/number";

/** Shows a progress bar; `fraction` is from 0 to 1, `label` its name for assistive technology. */
export function ProgressBar(props: {
  fraction: number;
  label: string;
  tone?: "accent" | "good" | "bad" | "muted";
  thick?: boolean;
  "data-testid"?: string;
}) {
  const fraction = Math.min(1, Math.max(0, props.fraction));
  const tone = { accent: "bg-accent", good: "bg-good", bad: "bg-bad", muted: "bg-line-strong" };
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(fraction * 100)}
      aria-valuetext={percent(fraction)}
      data-testid={props["data-testid"]}
      className={clsx("overflow-hidden rounded-full bg-sunken", props.thick ? "h-2.5" : "h-1.5")}
    >
      <div
        className={clsx(
          "h-full rounded-full transition-[width] duration-500 ease-out",
          tone[props.tone ?? "accent"],
        )}
        style={{ width: `${fraction * 100}%` }}
      />
    </div>
  );
}
