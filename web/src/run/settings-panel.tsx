import { CopyButton } from "@/ui/copy-button";
import { Panel } from "@/ui/card";
import type { FullRun } from "./queries";

/** Shows all that is needed to repeat the run: preset, seed, strategy and settings. */
export function Settings({ run }: { run: FullRun }) {
  const { preset, seed, strategy, settings } = run;
  const text = JSON.stringify({ preset, seed, strategy, settings }, null, 2);
  return (
    <Panel
      title="Settings"
      note="The same seed and settings on the same engine give the same search"
      controls={<CopyButton text={text}>Copy JSON</CopyButton>}
    >
      <pre
        tabIndex={0}
        aria-label="Settings as JSON"
        className="max-h-96 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs leading-relaxed"
      >
        {text}
      </pre>
    </Panel>
  );
}
