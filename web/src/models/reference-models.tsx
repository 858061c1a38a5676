"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { compact } from "@/format/number";
import { Panel } from "@/ui/card";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { modelList, type ReferenceModel } from "./queries";

const columns: DataColumn<ReferenceModel>[] = [
  {
    label: "Model",
    cell: ({ name, layers, hidden, heads }) => (
      <>
        <span className="font-medium">{name}</span>
        <span className="block text-[13px] text-muted">
          {layers} layers × {hidden}, {heads} heads
        </span>
      </>
    ),
  },
  { label: "Parameters", cell: ({ params }) => compact(params) },
  {
    label: "FLOPs",
    cell: ({ flops, length }) => (
      <>
        {compact(flops)}
        <span className="block text-[13px] whitespace-nowrap text-muted">at {length} tokens</span>
      </>
    ),
  },
  { label: "Benchmarks", cell: ({ results }) => <Results results={results} /> },
];

/** Shows the trained models beside the references, with what their benchmarks gave; nothing without any. */
export function ReferenceModels() {
  const [{ data }] = useLiveQuery({ query: modelList });
  const models = data?.models ?? [];
  if (models.length === 0) return null;
  return (
    <Panel
      title="Reference models"
      note="Trained models with known weights, fine-tuned here: their results can be checked against published ones"
      data-testid="reference-models"
    >
      <DataTable
        label="Reference models"
        columns={columns}
        rows={models}
        keyOf={({ id }) => id}
        data-testid="reference-model"
      />
    </Panel>
  );
}

function Results({ results }: Pick<ReferenceModel, "results">) {
  if (results.length === 0) return <span className="text-muted">none yet</span>;
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-[13px]">
      {results.map(({ benchmark, task, set, metric, value }) => (
        <li key={`${benchmark} ${task} ${set ?? ""} ${metric}`}>
          <span className="text-muted">
            {[benchmark, task, set, metric === "mean" ? null : metric]
              .filter((part) => part !== null)
              .join(" ")}
          </span>
          {"\u00a0"}
          <span className="font-medium tabular-nums">{value.toFixed(1)}</span>
        </li>
      ))}
    </ul>
  );
}
