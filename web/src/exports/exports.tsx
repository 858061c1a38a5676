"use client";

import { FileDown } from "lucide-react";
import { useState } from "react";
import { type CombinedError, useClient, useQuery } from "urql";
import type { ArchitectureFormat, ModelFormat } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/card";
import { ErrorNotice } from "@/ui/states";
import { ModelExport } from "./model-export";
import { architectureExports, architectureFiles } from "./queries";
import { saveFile } from "./save-file";

const files: readonly { format: ArchitectureFormat; label: string }[] = [
  { format: "PYTORCH", label: "PyTorch class" },
  { format: "CARD", label: "Model card" },
  { format: "LATEX", label: "LaTeX" },
  { format: "SVG", label: "Drawing (SVG)" },
];

const models: readonly { format: ModelFormat; label: string }[] = [
  { format: "PYTORCH", label: "PyTorch, Hugging Face" },
  { format: "ONNX", label: "ONNX" },
  { format: "TFJS", label: "TensorFlow.js" },
];

/** Offers an architecture for other programs: its files at once, and its model with the weights. */
export function Exports({ architectureId }: { architectureId: string }) {
  const client = useClient();
  const [error, setError] = useState<CombinedError>();
  // What was exported before, by whomever: a link is read anew each time, since it expires.
  const [{ data: known }] = useQuery({
    query: architectureExports,
    variables: { id: architectureId },
    requestPolicy: "network-only",
  });
  const made = known?.architecture?.exports ?? [];
  const save = async (format: ArchitectureFormat) => {
    const { data, error: failed } = await client
      .query(architectureFiles, { id: architectureId, format }, { requestPolicy: "network-only" })
      .toPromise();
    setError(failed);
    for (const { name, content } of data?.architecture?.files ?? []) saveFile(name, content);
  };
  return (
    <Panel title="Export" note="For other programs" data-testid="exports">
      <h3 className="mb-2 text-[13px] text-muted">Without weights</h3>
      <div className="flex flex-wrap gap-2">
        {files.map(({ format, label }) => (
          <Button key={format} size="small" onClick={() => void save(format)}>
            <FileDown aria-hidden /> {label}
          </Button>
        ))}
      </div>
      {error && <ErrorNotice error={error} />}
      <h3 className="mt-4 mb-2 text-[13px] text-muted">
        With the weights of the newest pre-training, or its share of the super-net
      </h3>
      <div className="space-y-3">
        {models.map(({ format, label }) => (
          <ModelExport
            key={format}
            architectureId={architectureId}
            format={format}
            label={label}
            made={made.filter((each) => each.format === format)}
          />
        ))}
      </div>
    </Panel>
  );
}
