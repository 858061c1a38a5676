"use client";

import dynamic from "next/dynamic";
import { Panel } from "@/ui/card";
import { Skeleton } from "@/ui/states";
import type { Architecture } from "./queries";

const UniformityChart = dynamic(() => import("./uniformity-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-44" />,
});

/** How alike the tokens of a sequence are after each layer, of the newest evaluation. */
export function Uniformity({ evaluations }: { evaluations: Architecture["evaluations"] }) {
  const newest = evaluations.at(-1);
  if (!newest) return null;
  const values = newest.tokenUniformity;
  return (
    <Panel
      title="Token uniformity"
      note="Mean cosine similarity between the hidden states of different tokens, by layer; lower keeps tokens apart"
      data-testid="uniformity"
    >
      {values ? (
        <>
          <UniformityChart values={values} />
          <div className="sr-only">
            <table>
              <caption>Token uniformity by layer</caption>
              <tbody>
                {values.map((value, layer) => (
                  <tr key={layer} data-testid="uniformity-layer">
                    <th scope="row">{layer === 0 ? "Embedding" : `Layer ${layer}`}</th>
                    <td>{value.toFixed(3)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      ) : (
        <p className="text-sm text-muted">
          Not measured: the candidate diverged, or was scored before this was measured.
        </p>
      )}
    </Panel>
  );
}
