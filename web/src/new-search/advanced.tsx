"use client";

import { ChevronRight, Undo2 } from "lucide-react";
import { Button } from "@/ui/button";
import { groupOf, groupTitle } from "./labels";
import type { Choices } from "./queries";
import { SettingControl } from "./setting-control";
import type { Edits, Setting } from "./settings";

/** Lists every setting of the preset by group; an edited value replaces the preset's. */
export function Advanced(props: {
  settings: readonly Setting[];
  edits: Edits;
  errors: Readonly<Record<string, string>>;
  choices: Choices;
  onEdit: (path: string, value: Edits[string]) => void;
  /** Called to forget every edit. */
  onReset: () => void;
}) {
  const { settings, edits, errors, choices, onEdit, onReset } = props;
  const words = new Map(choices.settingDescriptions.map((words) => [words.path, words]));
  const groups = Map.groupBy(settings, ({ path }) => groupOf(path));
  const changed = settings.filter(({ path }) => edits[path] !== undefined).length;
  return (
    <details className="group border-t border-line">
      <summary className="flex list-none items-center gap-2 px-4 py-3.5 text-sm font-medium hover:bg-sunken/60 sm:px-5">
        <ChevronRight
          aria-hidden
          className="size-4 text-muted transition-transform group-open:rotate-90"
        />
        Advanced settings
        <span className="font-normal text-muted max-sm:hidden" data-testid="changed-settings">
          {changed === 0
            ? "from the preset; change what you need"
            : `${changed} changed; the others are the preset's`}
        </span>
      </summary>
      <div className="space-y-6 px-4 pt-2 pb-5 sm:px-5">
        {changed > 0 && (
          <Button size="small" onClick={onReset}>
            <Undo2 aria-hidden /> All as in the preset
          </Button>
        )}
        {[...groups].map(([group, members]) => (
          <fieldset key={group} className="min-w-0">
            <legend className="mb-2 text-sm font-semibold">{groupTitle(group)}</legend>
            <div className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3 lg:grid-cols-4">
              {members.map((setting) => (
                <SettingControl
                  key={setting.path}
                  setting={setting}
                  words={words.get(setting.path)}
                  edit={edits[setting.path]}
                  error={errors[setting.path]}
                  tasks={choices.tasks}
                  onEdit={(value) => onEdit(setting.path, value)}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
    </details>
  );
}
