import type { Cleaning, Finding } from "./clean.js";
import { type Kind, kinds } from "./needless.js";
import { size } from "./size.js";

/** Words for each kind, and for the parts of one thing of it. */
const words: Record<Kind, { title: string; part: string }> = {
  deletedRuns: { title: "deleted runs", part: "file" },
  checkpoints: { title: "checkpoints of ended work", part: "file" },
  leftovers: { title: "left by replaced attempts", part: "file" },
  unnamed: { title: "files that no row names", part: "file" },
  exports: { title: "exports that nobody asked for lately", part: "file" },
  prepared: { title: "prepared texts that nothing uses", part: "file" },
  quota: { title: "above the quota, oldest first", part: "file" },
  uploads: { title: "uploads that were cut off", part: "upload" },
  events: { title: "events of old runs", part: "event" },
  workers: { title: "workers long gone", part: "row" },
  audit: { title: "old entries of the audit log", part: "entry" },
};

/** Writes what cleaning found as lines: each kind with its number and bytes, and its ids below. */
export function reportLines(
  { findings, notes }: Cleaning,
  { dryRun }: { dryRun: boolean },
): string[] {
  const lines = kinds.flatMap((kind) => {
    const found = findings.filter((finding) => finding.kind === kind);
    const { title, part } = words[kind];
    return [
      `${title}: ${summary(found)}`,
      ...found.map(({ id, parts, bytes }) => `  ${id} (${counted(parts, part)}, ${size(bytes)})`),
    ];
  });
  const verb = dryRun ? "would go; nothing was removed" : "removed";
  lines.push(`${summary(findings)} ${verb}`);
  return [...lines, ...notes];
}

/** Writes what a worker removed as one line. */
export function reportLine({ findings, notes }: Cleaning): string {
  const found = kinds
    .map((kind) => ({ kind, of: findings.filter((finding) => finding.kind === kind) }))
    .filter(({ of }) => of.length > 0)
    .map(({ kind, of }) => `${words[kind].title}: ${summary(of)}`);
  const removed = found.length === 0 ? "nothing to remove" : `removed ${found.join("; ")}`;
  return [`Cleaning: ${removed}.`, ...notes].join(" ");
}

function summary(findings: readonly Finding[]): string {
  const bytes = findings.reduce((sum, finding) => sum + finding.bytes, 0);
  return `${findings.length}, ${size(bytes)}`;
}

function counted(number: number, part: string): string {
  return `${number} ${part}${number === 1 ? "" : "s"}`;
}
