import { z } from "zod";
import { OpnasError } from "../errors.js";

const days = (usual: number) => z.number().min(0).max(36_500).default(usual);

/**
 * The time that what nobody needs any more is kept, and how often workers look for it.
 * `describeSettings("retention")` lists these settings with their descriptions.
 */
export const retentionSchema = z.strictObject({
  deletedDays: days(7).meta({
    title: "Deleted runs",
    description:
      "Days in which a deleted run can be restored; then its rows and files are removed for good.",
  }),
  checkpointDays: days(30).meta({
    title: "Checkpoints",
    description:
      "Days after the end of a failed or cancelled run or pre-training for which its checkpoints stay; it can be resumed later too, but begins anew. Those of finished work go at once.",
  }),
  preparedDays: days(30).meta({
    title: "Prepared texts",
    description:
      "Days since the last use for which a prepared text stays that no run or pre-training names; it is prepared again when it is needed.",
  }),
  exportDays: days(7).meta({
    title: "Exports",
    description:
      "Days since it was last asked for in which a model that was exported with its weights can be downloaded; then it is made again when it is asked for.",
  }),
  eventDays: days(365).meta({
    title: "Events",
    description:
      "Days after the end of a run for which its log of events stays; what the run found stays in any case.",
  }),
  workerDays: days(30).meta({
    title: "Workers",
    description:
      "Days since its last report for which a worker is listed that evaluated nothing that is kept.",
  }),
  auditDays: days(730).meta({
    title: "Audit log",
    description: "Days for which an entry of the audit log stays.",
  }),
  quotaGB: z.number().min(0).max(1e9).default(0).meta({
    title: "Quota in GB",
    description:
      "Gigabytes (10^9 bytes) that artifacts and prepared texts may take; 0: no limit. Above it each cleaning removes, oldest first, prepared texts that no run names, checkpoints of ended work, then super-nets of ended runs, which are trained again when such a run is extended; never models, files of work that goes on, or files younger than a day.",
  }),
  everyHours: z.number().min(0).max(8_760).default(24).meta({
    title: "Hours between cleanings",
    description: "Hours after which a worker cleans by itself again; 0: never.",
  }),
});

/** The retention of what nobody needs any more. */
export type Retention = z.infer<typeof retentionSchema>;

/**
 * Reads retention settings as the environment has them: assignments such as
 * `deletedDays=30,everyHours=0`, separated by commas. What is not named has its default.
 * @throws OpnasError `BAD_SETTING` that names the assignment at fault
 */
export function readRetention(text: string): Retention {
  const assignments = text.split(",").filter((part) => part.trim() !== "");
  const entries = assignments.map((assignment): [string, number] => {
    const [, name, value] = /^\s*(\w+)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(assignment) ?? [];
    if (name === undefined) {
      const message = `OPNAS_RETENTION: ${assignment.trim()} is no assignment such as deletedDays=30.`;
      throw new OpnasError("BAD_SETTING", message);
    }
    return [name, Number(value)];
  });
  const parsed = retentionSchema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter((part) => part !== "").join(": "),
  );
  throw new OpnasError("BAD_SETTING", `OPNAS_RETENTION: ${reasons.join("; ")}.`);
}
