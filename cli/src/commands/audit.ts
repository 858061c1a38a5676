import { Command } from "commander";
import { auditDocument } from "../api/accounts.js";
import type { Api } from "../api/client.js";
import { pageSize } from "./optionValues.js";
import { csv, nextPage, print, printJson, printTable } from "./output.js";

/** Builds `opnas audit`; `connect` gives the API to ask. */
export function auditCommand(connect: (command: Command) => Api): Command {
  return new Command("audit")
    .description("the changes that callers asked for, the newest first; for administrators")
    .option("--first <number>", "how many at most", pageSize, 50)
    .option("--after <cursor>", "those after this cursor of a page before")
    .option("--json", "as JSON")
    .option("--csv", "as CSV")
    .addHelpText("after", "\nExample:\n  opnas audit --first 100 --csv > audit.csv")
    .action(async function (this: Command) {
      const {
        first,
        after,
        json,
        csv: asCsv,
      } = this.opts<{
        first: number;
        after?: string;
        json?: true;
        csv?: true;
      }>();
      const variables = { first, after: after ?? null };
      const { auditLog } = await connect(this).request(auditDocument, variables);
      const entries = auditLog.edges.map(({ node }) => node);
      if (json) printJson(entries);
      else {
        const heads = ["time", "who", "from", "action", "about", "outcome"];
        const rows = entries.map((entry) => [
          entry.time,
          entry.principalName,
          entry.ipAddress ?? "",
          entry.action,
          entry.targetId ?? "",
          entry.outcome ?? "not known",
        ]);
        if (asCsv) print(csv(heads, rows));
        else printTable(heads, rows);
      }
      nextPage(auditLog.pageInfo);
    });
}
