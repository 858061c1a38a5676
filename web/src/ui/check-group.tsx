import { useId } from "react";

/** Shows a group of tick boxes of one name in a form. */
export function CheckGroup(props: {
  label: string;
  name: string;
  options: readonly { value: string; label: string; hint?: string; ticked?: boolean }[];
  error?: string;
}) {
  const { label, name, options, error } = props;
  const id = useId();
  return (
    <fieldset className="min-w-0" aria-describedby={error ? id : undefined}>
      <legend className="mb-1.5 text-[13px] font-medium">{label}</legend>
      <div className="space-y-2">
        {options.map(({ value, label: text, hint, ticked }) => (
          <label key={value} className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              name={name}
              value={value}
              defaultChecked={ticked}
              aria-invalid={error !== undefined}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span>
              {text}
              {hint && <span className="block text-xs text-pretty text-muted">{hint}</span>}
            </span>
          </label>
        ))}
      </div>
      {error && (
        <p id={id} role="alert" className="mt-1 text-xs font-medium text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
