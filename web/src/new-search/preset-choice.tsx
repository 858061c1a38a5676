import { plural } from "@/format/number";
import type { Choices } from "./queries";

/** Shows the presets as cards, one of which can be chosen. */
export function PresetChoice(props: {
  presets: Choices["presets"];
  chosen: string;
  onChoose: (name: string) => void;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-[13px] font-medium">Preset</legend>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {props.presets.map(({ name, title, description, candidates }) => (
          <label
            key={name}
            className="flex cursor-pointer gap-3 rounded-lg border border-line p-3.5 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft/50 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="preset"
              value={name}
              checked={name === props.chosen}
              onChange={() => props.onChoose(name)}
              className="mt-0.5 size-4 accent-accent outline-none"
            />
            <span className="text-sm">
              <span className="font-medium">{title}</span>
              <span className="text-muted"> · {plural(candidates, "candidate")}</span>
              <span className="mt-0.5 block text-[13px] text-pretty text-muted">{description}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
