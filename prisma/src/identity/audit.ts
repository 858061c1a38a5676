import type { Database } from "../client.js";

/** A mutation as the audit log has it before it is carried out. */
export interface NewAuditEntry {
  principalId: string;
  principalName: string;
  ipAddress: string | null;
  action: string;
  targetId: string | null;
}

/** The most characters of a text of an entry: what a request says may be as long as a request. */
const maxLength = 200;

/** Records a mutation before it is carried out. @returns the entry's id */
export async function openAuditEntry(db: Database, entry: NewAuditEntry): Promise<string> {
  const { id } = await db.auditEntry.create({
    data: {
      principalId: storable(entry.principalId),
      principalName: storable(entry.principalName),
      ipAddress: entry.ipAddress === null ? null : storable(entry.ipAddress),
      action: storable(entry.action),
      targetId: entry.targetId === null ? null : storable(entry.targetId),
    },
    select: { id: true },
  });
  return id;
}

/** Adds to a recorded mutation how it ended: "OK" or an error's code. */
export async function closeAuditEntry(
  db: Database,
  id: string,
  { outcome, targetId }: { outcome: string; targetId: string | null },
): Promise<void> {
  const target = targetId === null ? {} : { targetId: storable(targetId) };
  await db.auditEntry.update({ where: { id }, data: { outcome, ...target }, select: { id: true } });
}

function storable(text: string): string {
  return text.slice(0, maxLength).toWellFormed().replaceAll("\0", "");
}
