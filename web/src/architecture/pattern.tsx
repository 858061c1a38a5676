import { clsx } from "clsx";

export interface PatternLayer {
  index: number;
  kind: "ATTENTION" | "CONVOLUTION";
  kernelSize: number | null;
}

/** Describes a pattern of layers in words: "3 layers: convolution 3, attention, convolution 7". */
export function describePattern(layers: readonly PatternLayer[]): string {
  const names = layers.map(({ kind, kernelSize }) =>
    kind === "ATTENTION" ? "attention" : `convolution ${kernelSize ?? "?"}`,
  );
  return `${layers.length} ${layers.length === 1 ? "layer" : "layers"}: ${names.join(", ")}`;
}

/**
 * Shows the backbone's pattern: one block per layer, filled for attention, with the kernel size for
 * convolution.
 */
export function Pattern({ layers }: { layers: readonly PatternLayer[] }) {
  const label = describePattern(layers);
  return (
    <span role="img" aria-label={label} title={label} className="inline-flex flex-wrap gap-0.5">
      {layers.map(({ index, kind, kernelSize }) => (
        <span
          key={index}
          aria-hidden
          className={clsx(
            "grid h-5 min-w-5 place-items-center rounded-[5px] px-0.5 text-[11px] leading-none font-semibold tabular-nums",
            kind === "ATTENTION"
              ? "bg-accent text-accent-ink"
              : "bg-sunken text-muted ring-1 ring-line-strong ring-inset",
          )}
        >
          {kind === "ATTENTION" ? "A" : kernelSize}
        </span>
      ))}
    </span>
  );
}
