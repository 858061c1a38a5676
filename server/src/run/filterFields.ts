import { Prisma } from "@opnas/prisma";
import {
  choiceField,
  flagField,
  numberField,
  ownerField,
  tagField,
  teamField,
  textField,
  timeField,
} from "../filter/fields.js";
import type { FilterFields } from "../filter/parse.js";
import { RunPhase, RunStatus, StrategyName } from "./enums.js";

/** Returns the stored values of an enum by their written form. */
export function writtenValues(values: Readonly<Record<string, string>>): Record<string, string> {
  const written = Object.entries(values).map(([name, value]): [string, string] => [
    name.toLowerCase().replaceAll("_", "-"),
    value,
  ]);
  return Object.fromEntries(written);
}

const ofRun = { of: "run", fixed: true } as const;

/** The preset that a run was started from. */
export const presetField = textField(Prisma.sql`r.preset`, {
  ...ofRun,
  name: "preset",
  description: "The preset that the run was started from.",
});

/** The strategy of a run. */
export const strategyField = choiceField(Prisma.sql`r.strategy`, writtenValues(StrategyName), {
  ...ofRun,
  name: "strategy",
  description: "The run's strategy.",
});

/** Runs that were archived. */
export const archivedField = flagField(
  Prisma.sql`(r."archivedAt" IS NOT NULL AND r."deletedAt" IS NULL)`,
  {
    name: "archived",
    description:
      "The run was archived. A filter that names it anywhere also looks at archived runs; others do not.",
    of: "run",
  },
);

/** Runs that were deleted. */
export const deletedField = flagField(Prisma.sql`r."deletedAt" IS NOT NULL`, {
  name: "deleted",
  description:
    "The run was deleted and can still be restored. A filter that names it anywhere also looks at deleted runs; others do not.",
  of: "run",
});

/** The name of a run. */
export const runNameField = textField(Prisma.sql`r.name`, {
  name: "name",
  description: "The run's name. A text in quotes by itself is looked for in it.",
  of: "run",
});

/** The tags of a run. */
export const runTagField = tagField(Prisma.sql`r.tags`, {
  name: "tag",
  aliases: ["tags"],
  description: "The run has this tag. By itself: it has any.",
  of: "run",
});

/** The state of a run. Its column is compared as text, so that statements do not depend on the enum. */
export const statusField = choiceField(Prisma.sql`r.status::text`, writtenValues(RunStatus), {
  name: "status",
  description: "The state of the run.",
  of: "run",
});

/** The fields that filters of runs name. */
export const runFields: FilterFields = {
  text: runNameField,
  fields: [
    runNameField,
    statusField,
    choiceField(Prisma.sql`r.phase::text`, writtenValues(RunPhase), {
      name: "phase",
      description: "The part of its work that the run has reached.",
      of: "run",
    }),
    presetField,
    strategyField,
    numberField(Prisma.sql`r.seed`, { ...ofRun, name: "seed", description: "The run's seed." }),
    numberField(Prisma.sql`r."bestScore"`, {
      name: "bestScore",
      aliases: ["score"],
      description: "The best score of its candidates, 0 to 100. By itself: one is scored.",
      nullable: true,
      of: "run",
    }),
    numberField(Prisma.sql`r.failures`, {
      name: "failures",
      description: "The number of its candidates that failed for good.",
      of: "run",
    }),
    runTagField,
    timeField(Prisma.sql`r."createdAt"`, {
      ...ofRun,
      name: "created",
      aliases: ["createdAt"],
      description: "The time at which the run was requested.",
    }),
    timeField(Prisma.sql`r."startedAt"`, {
      name: "started",
      aliases: ["startedAt"],
      description: "The time at which a worker began. By itself: one has begun.",
      nullable: true,
      of: "run",
    }),
    timeField(Prisma.sql`r."finishedAt"`, {
      name: "finished",
      aliases: ["finishedAt"],
      description: "The time at which it was done, failed or cancelled. By itself: it is over.",
      nullable: true,
      of: "run",
    }),
    ownerField,
    teamField,
    archivedField,
    deletedField,
  ],
};
