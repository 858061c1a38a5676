import { defaultTeamId, Prisma } from "@opnas/prisma";
import { containing } from "../pagination/like.js";
import type { Operand, Test } from "./condition.js";
import type { FieldKind, FilterField } from "./field.js";
import {
  choiceKind,
  flagKind,
  idKind,
  numberKind,
  personKind,
  tagKind,
  textKind,
  timeKind,
} from "./kinds.js";

/** The parts of a field that have a usual value. */
interface Given {
  name: string;
  description: string;
  aliases?: readonly string[];
  nullable?: boolean;
  of?: "row" | "run";
  fixed?: boolean;
}

function field(
  kind: FieldKind,
  column: Prisma.Sql | undefined,
  given: Given,
  sql: FilterField["sql"],
): FilterField {
  const usual = { aliases: [], nullable: false, of: "row", fixed: false } as const;
  return { ...usual, ...given, kind, column, sql };
}

/** Returns a field of numbers in a column. */
export function numberField(column: Prisma.Sql, given: Given): FilterField {
  return field(numberKind, column, given, ({ comparison, operand }) => {
    return Prisma.sql`${column} ${Prisma.raw(comparison)} ${operand}::float8`;
  });
}

/** Returns a field of times in a column. */
export function timeField(column: Prisma.Sql, given: Given): FilterField {
  return field(timeKind, column, given, ({ comparison, operand }) => {
    return Prisma.sql`${column} ${Prisma.raw(comparison)} ${operand}::timestamptz`;
  });
}

/** Returns a field of texts in a column. */
export function textField(column: Prisma.Sql, given: Given): FilterField {
  return field(textKind, column, given, ({ comparison, operand }) =>
    comparison === "~" ? contains([column], operand) : Prisma.sql`${column} = ${operand}`,
  );
}

/** Returns a field that looks for a part of a text in several columns. */
export function searchField(columns: readonly Prisma.Sql[], given: Given): FilterField {
  const kind: FieldKind = { ...textKind, comparisons: ["~", "!~"], alone: false };
  return field(kind, undefined, given, ({ operand }) => contains(columns, operand));
}

function contains(columns: readonly Prisma.Sql[], part: Operand | null): Prisma.Sql {
  const pattern = containing(String(part));
  const found = columns.map((column) => Prisma.sql`${column} ILIKE ${pattern}`);
  return Prisma.sql`(${Prisma.join(found, " OR ")})`;
}

/** Returns a field of the tags in a column; the second condition lets its partial index serve the first. */
export function tagField(column: Prisma.Sql, given: Given): FilterField {
  return field(tagKind, undefined, given, ({ comparison, operand }) =>
    comparison === "known"
      ? Prisma.sql`${column} <> '{}'`
      : Prisma.sql`(${column} @> ${[String(operand)]}::text[] AND ${column} <> '{}')`,
  );
}

/** Returns a field that holds or does not. */
export function flagField(condition: Prisma.Sql, given: Given): FilterField {
  return field(flagKind, undefined, given, () => condition);
}

/** Returns a field of ids in a column. */
export function idField(column: Prisma.Sql, given: Given): FilterField {
  return field(idKind, column, given, ({ operand }) => Prisma.sql`${column} = ${operand}::uuid`);
}

/**
 * Returns a field of one of some values in a column.
 * @param stored the value in the column by its written form
 */
export function choiceField(
  column: Prisma.Sql,
  stored: Readonly<Record<string, string>>,
  given: Given,
): FilterField {
  return field(choiceKind(stored), column, given, ({ operand }) => {
    return Prisma.sql`${column} = ${operand}`;
  });
}

/**
 * Returns a field of what an architecture is made of, as the column `features` has it.
 * @param prefix of the features, such as "kernel"
 */
export function featureField(
  prefix: string,
  stored: Readonly<Record<string, Operand>>,
  given: Given,
): FilterField {
  const kind: FieldKind = { ...choiceKind(stored), alone: false };
  return field(kind, undefined, { ...given, fixed: true }, ({ operand }) => {
    return Prisma.sql`a.features @> ${[`${prefix}:${operand ?? ""}`]}::text[]`;
  });
}

/** The account that started a run `r`. */
export const ownerField = field(
  personKind,
  Prisma.sql`r."ownerId"`,
  {
    name: "owner",
    description:
      "The account that started the run: `me`, an e-mail address or an id. By itself: somebody had signed in.",
    nullable: true,
    of: "run",
    fixed: true,
  },
  ({ operand }) =>
    isAddress(operand)
      ? Prisma.sql`r."ownerId" IN (SELECT u.id FROM "User" u WHERE u.email = ${operand})`
      : Prisma.sql`r."ownerId" = ${operand}::uuid`,
);

function isAddress(operand: Operand | null): boolean {
  return String(operand).includes("@");
}

/** The team that owns a run `r`; a run without one is the default team's. */
export const teamField = field(
  { ...textKind, label: "a team's name or id", comparisons: ["=", "!="], alone: false },
  undefined,
  {
    name: "team",
    description: "The team that owns the run, by its name or id.",
    of: "run",
    fixed: true,
  },
  ({ operand }: Test) => Prisma.sql`coalesce(r."teamId", ${defaultTeamId}::uuid) IN (
    SELECT t.id FROM "Team" t WHERE t.name = ${operand} OR t.id::text = ${operand})`,
);
