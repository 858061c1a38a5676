import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";

const control =
  "w-full rounded-lg border border-line bg-surface px-3 text-sm text-ink placeholder:text-muted/80 " +
  "hover:border-line-strong aria-invalid:border-bad";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={clsx(control, "h-9", className)} {...props} />;
}

export function TextArea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={clsx(control, "py-2", className)} {...props} />;
}

export function Select({ className, ...props }: ComponentProps<"select">) {
  return <select className={clsx(control, "h-9 pr-8", className)} {...props} />;
}

interface ControlProps {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

/** Shows a labelled control with a hint and the server's error for it. */
export function Field(props: {
  label: string;
  hint?: ReactNode;
  error?: string;
  children: (control: ControlProps) => ReactNode;
}) {
  const id = useId();
  const describedBy = clsx(props.hint != null && `${id}-hint`, props.error && `${id}-error`);
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-[13px] font-medium wrap-anywhere">
        {props.label}
      </label>
      {props.children({
        id,
        "aria-invalid": props.error !== undefined,
        "aria-describedby": describedBy || undefined,
      })}
      {props.error && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-xs font-medium text-bad">
          {props.error}
        </p>
      )}
      {props.hint != null && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-pretty text-muted">
          {props.hint}
        </p>
      )}
    </div>
  );
}
