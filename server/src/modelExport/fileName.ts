import type { Database, Export } from "@opnas/prisma";

/** Returns the name under which the archive of an export is downloaded. */
export async function fileNameOf(
  database: Database,
  { architectureId, format }: Pick<Export, "architectureId" | "format">,
): Promise<string> {
  const where = { id: architectureId };
  const { name } = await database.architecture.findUniqueOrThrow({ where, select: { name: true } });
  return `opnas-${name.replace(/[^\w.-]/g, "_")}-${format}.tar`;
}
