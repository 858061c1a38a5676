"use client";

import { Download } from "lucide-react";
import { saveFile } from "@/exports/save-file";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/card";
import { CopyButton } from "@/ui/copy-button";

/** Shows the architecture as JSON, to copy or to download. */
export function JsonPanel({ name, json }: { name: string; json: unknown }) {
  const text = JSON.stringify(json, null, 2);
  return (
    <Panel
      title="JSON"
      controls={
        <div className="flex gap-2">
          <CopyButton text={text}>Copy</CopyButton>
          <Button size="small" onClick={() => saveFile(`${name}.json`, text, "application/json")}>
            <Download aria-hidden /> Download
          </Button>
        </div>
      }
    >
      <pre
        tabIndex={0}
        aria-label="Architecture as JSON"
        className="max-h-72 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs leading-relaxed"
      >
        {text}
      </pre>
    </Panel>
  );
}
