import katex from "katex";
import "katex/dist/katex.min.css";
import { useMemo } from "react";

/**
 * Shows a LaTeX formula, with MathML for screen readers. A formula with errors is shown as source.
 */
export default function Formula({ latex }: { latex: string }) {
  const html = useMemo(
    () =>
      katex.renderToString(latex, {
        displayMode: true,
        fleqn: true,
        throwOnError: false,
        strict: "ignore",
      }),
    [latex],
  );
  return (
    <div
      tabIndex={0}
      role="group"
      aria-label="Formula"
      data-testid="formula"
      className="relative overflow-x-auto overflow-y-hidden py-1 text-[15px] [&_.katex-display]:m-0 [&_.katex-display>.katex]:pl-0"
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
