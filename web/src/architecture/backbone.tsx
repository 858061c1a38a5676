import { clsx } from "clsx";
import { Card } from "@/ui/card";
import { lazyPart } from "@/ui/lazy-part";
import { Skeleton } from "@/ui/states";
import { AttentionDrawing } from "./attention-drawing";
import { Convolution } from "./convolution";
import type { Layer } from "./queries";

const Formula = lazyPart(() => import("./formula"), <Skeleton className="h-9" />);

/** Shows the backbone from the embeddings to the output, one card per layer. */
export function Backbone({ layers }: { layers: readonly Layer[] }) {
  return (
    <section aria-labelledby="backbone">
      <h2 id="backbone" className="text-[15px] font-semibold">
        Backbone
      </h2>
      <p className="mt-0.5 mb-4 text-[13px] text-muted">
        From the embeddings to the output. Edges of matmul enter in the order of its factors; a
        coloured frame marks a graph&apos;s output.
      </p>
      <ol data-testid="backbone">
        <End>Embeddings</End>
        {layers.map((layer) => (
          <LayerItem key={layer.index} layer={layer} />
        ))}
        <End last>Hidden states</End>
      </ol>
    </section>
  );
}

function LayerItem({ layer }: { layer: Layer }) {
  const { index, kind, kernelSize, formula, graph } = layer;
  const attention = kind === "ATTENTION";
  const title = `Layer ${index + 1}: ${attention ? "attention" : `convolution, kernel ${kernelSize ?? "?"}`}`;
  return (
    <li className="relative pb-4 pl-9 sm:pl-12" data-testid="layer" data-kind={kind}>
      <Rail />
      <span
        aria-hidden
        className={clsx(
          "absolute top-3.5 left-0 grid size-7 place-items-center rounded-lg text-xs font-semibold tabular-nums",
          attention
            ? "bg-accent text-accent-ink"
            : "bg-sunken text-muted ring-1 ring-line-strong ring-inset",
        )}
      >
        {index + 1}
      </span>
      <Card className="min-w-0 p-4" aria-label={title}>
        <h3 className="text-sm font-semibold">
          {attention ? "Attention" : "Convolution"}
          {kernelSize !== null && (
            <span className="font-normal text-muted"> kernel {kernelSize}</span>
          )}
          {graph && <span className="font-normal text-muted"> over {graph.inputs.join(", ")}</span>}
        </h3>
        {attention && <Formula latex={formula} />}
        {graph && (
          <div className="mt-2 border-t border-line pt-3">
            <AttentionDrawing graph={graph} title={title} />
          </div>
        )}
        {kernelSize !== null && (
          <div className="mt-1">
            <Convolution kernelSize={kernelSize} />
          </div>
        )}
      </Card>
    </li>
  );
}

function End({ children, last = false }: { children: string; last?: boolean }) {
  return (
    <li className={clsx("relative pl-9 text-[13px] text-muted sm:pl-12", !last && "pb-4")}>
      {!last && <Rail />}
      <span
        aria-hidden
        className="absolute top-1 left-2 size-3 rounded-full border-2 border-line-strong bg-canvas"
      />
      {children}
    </li>
  );
}

function Rail() {
  return <span aria-hidden className="absolute top-2 bottom-[-0.5rem] left-[13px] w-0.5 bg-line" />;
}
