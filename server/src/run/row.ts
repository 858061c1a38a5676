import type { SearchRun } from "@opnas/prisma";

/**
 * A stored run. Where it is read beside other rows its settings are left out: they are most of a row, and
 * few ask for them; the loader `settings` reads them for those.
 */
export type RunRow = Omit<SearchRun, "settings"> & { settings?: SearchRun["settings"] };
