import { type Architecture, Prisma } from "@opnas/prisma";

/**
 * A stored architecture. Long lists leave out its JSON, which is most of a row and which few requests ask
 * for: the loader `backbone` reads it for those.
 */
export type ArchitectureRow = Omit<Architecture, "json" | "features"> & { json?: unknown };

/** The columns that are left out where Prisma reads rows. */
export const withoutJson = { json: true, features: true } as const;

/** The columns of a row, in SQL over the table by the name `a`. */
export const rowColumns = Prisma.raw(
  Object.values(Prisma.ArchitectureScalarFieldEnum)
    .filter((column) => !(column in withoutJson))
    .map((column) => `a."${column}"`)
    .join(", "),
);
