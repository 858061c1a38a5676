"use client";

import { Panel } from "@/ui/card";
import { Legend, LegendItem } from "@/ui/legend";
import { ScreenReaderTable } from "@/ui/screen-reader-table";
import { lazyPart } from "@/ui/lazy-part";
import { Skeleton } from "@/ui/states";
import type { Architecture } from "./queries";
import type { UniformityCurve } from "./uniformity-chart";

const UniformityChart = lazyPart(() => import("./uniformity-chart"), <Skeleton className="h-52" />);

const colours = ["var(--warn)", "var(--good)", "var(--bad)", "var(--muted)"];

/**
 * Shows the token uniformity after each layer in the newest evaluation, beside that of the run's
 * reference backbones, as the paper shows BERT's (§6).
 */
export function Uniformity({ architecture }: { architecture: Architecture }) {
  const newest = architecture.evaluations.at(-1);
  if (!newest) return null;
  const values = newest.tokenUniformity;
  const others = curvesOf(architecture.run.references.filter(({ id }) => id !== architecture.id));
  return (
    <Panel
      title="Token uniformity"
      note="Mean cosine similarity between the hidden states of different tokens, by layer; lower keeps tokens apart"
      data-testid="uniformity"
    >
      {values ? (
        <>
          <UniformityChart name={architecture.name} values={values} others={others} />
          <Legend className="mt-2">
            <LegendItem sign="h-0.5 w-4 rounded bg-accent">{architecture.name}</LegendItem>
            {others.map(({ id, name, colour }) => (
              <LegendItem key={id} sign="h-0.5 w-4" fill={dashes(colour)}>
                {name}
              </LegendItem>
            ))}
          </Legend>
          <UniformityTable curves={[{ ...architecture, values }, ...others]} />
        </>
      ) : (
        <p className="text-sm text-muted">
          Not measured: the candidate diverged, or was scored before this was measured.
        </p>
      )}
    </Panel>
  );
}

/** Returns the curves of those references that were measured. */
function curvesOf(references: Architecture["run"]["references"]): UniformityCurve[] {
  return references.flatMap(({ id, name, evaluations }, index) => {
    const values = evaluations.at(-1)?.tokenUniformity;
    return values ? [{ id, name, values, colour: colours[index % colours.length] ?? "" }] : [];
  });
}

const dashes = (colour: string) =>
  `repeating-linear-gradient(90deg, ${colour} 0 4px, transparent 4px 6px)`;

function UniformityTable({ curves }: { curves: readonly Omit<UniformityCurve, "colour">[] }) {
  return (
    <ScreenReaderTable
      caption="Token uniformity by layer"
      headings={["Layer", ...curves.map(({ name }) => name)]}
    >
      {curves[0]?.values.map((_, layer) => (
        <tr key={layer} data-testid="uniformity-layer">
          <th scope="row">{layer === 0 ? "Embedding" : `Layer ${layer}`}</th>
          {curves.map(({ id, values }) => (
            <td key={id}>{values[layer]?.toFixed(3)}</td>
          ))}
        </tr>
      ))}
    </ScreenReaderTable>
  );
}
