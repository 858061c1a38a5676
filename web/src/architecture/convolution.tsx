import { clsx } from "clsx";

/** Shows a convolution layer: its operations, and its window of tokens drawn to scale. */
export function Convolution({ kernelSize }: { kernelSize: number }) {
  const centre = (kernelSize - 1) / 2;
  return (
    <div>
      <p className="text-[13px] text-muted">
        linear → GLU → lightweight convolution over {kernelSize} tokens → linear
      </p>
      <div
        role="img"
        aria-label={`A window of ${kernelSize} tokens around each token`}
        className="mt-2 flex max-w-md gap-[2px]"
      >
        {Array.from({ length: kernelSize }, (_, place) => (
          <span
            key={place}
            className={clsx(
              "h-3 max-w-4 flex-1 rounded-[2px]",
              place === centre ? "bg-accent" : "bg-line-strong",
            )}
          />
        ))}
      </div>
    </div>
  );
}
