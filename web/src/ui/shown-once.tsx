import { CopyButton } from "./copy-button";

/** Shows a secret that nobody can read again, with a button to copy it. */
export function ShownOnce(props: { title: string; text: string; "data-testid": string }) {
  return (
    <div role="status" className="rounded-lg border border-good/40 bg-good-soft p-3 text-sm">
      <p className="font-medium">{props.title}</p>
      <p className="mt-0.5 text-[13px] text-muted">Copy it now: it is shown this once.</p>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <code
          data-testid={props["data-testid"]}
          className="min-w-0 flex-1 basis-56 rounded-md border border-line bg-surface px-2 py-1.5 font-mono text-xs break-all select-all"
        >
          {props.text}
        </code>
        <CopyButton text={props.text}>Copy</CopyButton>
      </div>
    </div>
  );
}
