import { Field, Input, Select } from "@/ui/field";
import { spell } from "./labels";
import type { Choices, SettingWords } from "./queries";
import { rangeText } from "./range";
import type { Edits, Setting } from "./settings";

/**
 * Shows the control for a setting: a box for a number or text, a list of choices, a tick box, or one
 * tick box for each of several.
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
  const text = typeof edit === "string" ? edit : String(setting.value ?? "");
  if (words?.choices) {
    const choices = [...new Set([...words.choices, text])];
    return (
      <Field label={label} hint={words.description} {...(error && { error })}>
        {(control) => (
          <Select
            {...control}
            name={setting.path}
            value={text}
            onChange={(event) => onEdit(event.target.value)}
          >
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {spell(choice)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    );
  }
  return (
    <Field label={label} hint={hintOf(words)} {...(error && { error })}>
      {(control) => (
        <Input
          {...control}
          name={setting.path}
          inputMode={setting.kind === "text" ? "text" : "decimal"}
          placeholder={setting.kind === "optional" ? "Not set" : undefined}
          autoComplete="off"
          className="tabular-nums"
          value={text}
          onChange={(event) => onEdit(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Returns the description of a setting with its range. */
function hintOf(words: SettingWords | undefined): string | undefined {
  if (!words) return undefined;
  const range = rangeText(words);
  return range === "" ? words.description : `${words.description} A number${range}.`;
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
                aria-invalid={error !== undefined}
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
