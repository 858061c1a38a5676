import type { Prisma } from "@opnas/prisma";
import type { Token } from "./tokens.js";

/** The comparisons as they are written; `!=` and `!~` are the negations of `=` and `~`. */
export type WrittenComparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~";

/** The caller whose filter is read: `me` stands for its account. */
export interface Asker {
  /** Undefined for the machine's owner, who has no account. */
  userId: string | undefined;
}

/** The reason why a word is no value of a field. */
export interface NoValue {
  /** The rest of a sentence, after the value. */
  reason: string;
  expected: readonly string[];
  nearest?: readonly string[];
}

/** A kind of values: how they are written and compared. */
export interface FieldKind {
  /** The values in words, such as "a number". */
  label: string;
  comparisons: readonly WrittenComparison[];
  /** The values that are known beforehand, as they are written. */
  choices?: readonly string[];
  /** Reports whether the field by itself, without a comparison, is a condition. */
  alone: boolean;
  /** Returns the condition of a comparison with what is written, or why there is none. */
  condition(
    field: FilterField,
    comparison: "=" | "<" | "<=" | ">" | ">=" | "~",
    token: Token,
    asker: Asker,
  ): Condition | NoValue;
}

/** A field that filters name. */
export interface FilterField {
  name: string;
  aliases: readonly string[];
  /** A sentence for the documentation. */
  description: string;
  kind: FieldKind;
  /** True if rows may have no value. */
  nullable: boolean;
  /** The rows whose value it is: the row's own or its run's. */
  of: "row" | "run";
  /** True if the value of a row never changes. */
  fixed: boolean;
  /** The column that has the value; undefined where it is no single one. */
  column: Prisma.Sql | undefined;
  /** Returns the condition in SQL, without regard to negation. */
  sql(test: Test): Prisma.Sql;
}

/** A value that a row's is compared with. */
export type Operand = string | number;

/** The comparisons of the normal form. `~` is "contains", and `known` is "has a value" without an operand. */
export type Comparison = "=" | "<" | "<=" | ">" | ">=" | "~" | "known";

/** One comparison of a field's value. A negated one holds exactly where the plain one does not. */
export interface Test {
  kind: "test";
  field: FilterField;
  comparison: Comparison;
  /** Null for `known`. */
  operand: Operand | null;
  negated: boolean;
}

/** Conditions all of which, or any of which, must hold. Without parts `all` holds always and `any` never. */
export interface Group {
  kind: "all" | "any";
  parts: readonly Condition[];
}

/** A condition on rows. Negation stands only at its tests. */
export type Condition = Test | Group;
