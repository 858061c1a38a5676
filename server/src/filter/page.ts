import type { FilterFields } from "./parse.js";

/** Returns the table of a filter's fields in Markdown, as docs/filter-language.md has it. */
export function fieldTable({ fields }: FilterFields): string {
  const rows = fields.map(({ name, aliases, kind, description }) => {
    const names = [name, ...aliases].map((each) => `\`${each}\``).join(", ");
    return `| ${names} | ${kind.label} | ${description} |`;
  });
  return ["| Field | Value | Meaning |", "| --- | --- | --- |", ...rows].join("\n");
}
