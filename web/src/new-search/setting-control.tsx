import { Field, Input } from "@/ui/field";
import type { Choices, SettingWords } from "./queries";
import type { Edits, Setting } from "./settings";

/**
 * Shows the control for a setting: a number or text box, a tick box, or one tick box per choice.
 */
export function SettingControl(props: {
  setting: Setting;
  /** The API's words about the setting; without them its path is the label. */
  words: SettingWords | undefined;
  edit: Edits[string] | undefined;
  error: string | undefined;
  tasks: Choices["tasks"];
  onEdit: (value: Edits[string]) => void;
}) {
  const { setting, words, edit, error, tasks, onEdit } = props;
  const label = words?.title ?? setting.path;

  if (setting.kind === "list") {
    const chosen = Array.isArray(edit) ? edit : setting.value;
    return <ListControl {...{ label, error, chosen, tasks, onEdit }} all={setting.value} />;
  }
  if (setting.kind === "choice") {
    const checked = typeof edit === "boolean" ? edit : setting.value;
    return (
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={checked}
          onChange={(event) => onEdit(event.target.checked)}
        />
        {label}
      </label>
    );
  }
  return (
    <Field label={label} hint={words?.description} {...(error && { error })}>
      {(control) => (
        <Input
          {...control}
          name={setting.path}
          inputMode={setting.kind === "text" ? "text" : "decimal"}
          placeholder={setting.kind === "optional" ? "Not set" : undefined}
          autoComplete="off"
          className="tabular-nums"
          value={typeof edit === "string" ? edit : String(setting.value ?? "")}
          onChange={(event) => onEdit(event.target.value)}
        />
      )}
    </Field>
  );
}

function ListControl(props: {
  label: string;
  error: string | undefined;
  all: readonly string[];
  chosen: readonly string[];
  tasks: Choices["tasks"];
  onEdit: (value: readonly string[]) => void;
}) {
  const { label, error, all, chosen, tasks, onEdit } = props;
  const names = [...new Set([...tasks.map(({ name }) => name), ...all])];
  const toggle = (name: string) =>
    onEdit(names.filter((other) => (other === name) !== chosen.includes(other)));
  return (
    <fieldset className="col-span-full min-w-0">
      <legend className="mb-1 text-[13px] font-medium">{label}</legend>
      {error && (
        <p role="alert" className="mb-1 text-xs font-medium text-bad">
          {error}
        </p>
      )}
      <div className="grid grid-cols-1 gap-x-4 gap-y-2 sm:grid-cols-2 lg:grid-cols-3">
        {names.map((name) => {
          const task = tasks.find((candidate) => candidate.name === name);
          return (
            <label key={name} className="flex items-start gap-2 text-sm">
              <input
                type="checkbox"
                className="mt-0.5 size-4 accent-accent"
                checked={chosen.includes(name)}
                onChange={() => toggle(name)}
              />
              <span>
                {task?.title ?? name}
                {task && <span className="block text-xs text-muted">{task.description}</span>}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
