import { z } from "zod";
import { all, type Operand, test } from "./condition.js";
import type { FieldKind, NoValue } from "./field.js";
import { nearest } from "./nearest.js";
import type { Token } from "./tokens.js";

const ordered = ["=", "!=", "<", "<=", ">", ">="] as const;
const equality = ["=", "!="] as const;
const textual = ["=", "!=", "~", "!~"] as const;

const numberPattern = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)([kMG]?)$/i;
const factors: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

/** Numbers, such as 55, -0.5, 1e6 or 30M. */
export const numberKind: FieldKind = {
  label: "a number",
  comparisons: ordered,
  alone: true,
  condition(field, comparison, { value }) {
    const [, digits = "", unit = ""] = numberPattern.exec(value) ?? [];
    const number = Number(digits) * (factors[unit.toLowerCase()] ?? 1);
    if (digits === "" || !Number.isFinite(number)) {
      return { reason: "is not a number", expected: ["a number such as 55, 0.5 or 30M"] };
    }
    return test(field, comparison, number);
  },
};

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const isoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const earliest = Date.UTC(1970, 0, 1);
const dayMilliseconds = 86_400_000;

/** Times: a day in UTC, such as 2026-11-01, or a time, such as 2026-11-01T10:00:00Z. */
export const timeKind: FieldKind = {
  label: "a date",
  comparisons: ordered,
  alone: true,
  condition(field, comparison, { value }) {
    const start = isoTime.safeParse(value).success ? Date.parse(value) : NaN;
    if (!(start >= earliest)) {
      const expected = ["a day such as 2026-11-01", "a time such as 2026-11-01T10:00:00Z"];
      return { reason: "is not a date from 1970 on", expected };
    }
    const at = (time: number) => new Date(time).toISOString();
    if (!dayPattern.test(value)) return test(field, comparison, at(start));
    // A day stands for all of its times: "after" it is after its end.
    const end = start + dayMilliseconds;
    switch (comparison) {
      case "<":
        return test(field, "<", at(start));
      case ">=":
        return test(field, ">=", at(start));
      case "<=":
        return test(field, "<", at(end));
      case ">":
        return test(field, ">=", at(end));
      default:
        return all([test(field, ">=", at(start)), test(field, "<", at(end))]);
    }
  },
};

/** Texts: equal as they are written, or containing a part in upper or lower case. */
export const textKind: FieldKind = {
  label: "a text",
  comparisons: textual,
  alone: true,
  condition: (field, comparison, { value }) => {
    if (value === "") return { reason: "is empty", expected: ["a text"] };
    return test(field, comparison, comparison === "~" ? value.toLowerCase() : value);
  },
};

/** Tags, of which a row has any number: it has this one, or one at all. */
export const tagKind: FieldKind = { ...textKind, label: "a tag", comparisons: equality };

/** Statements that hold or not: by themselves, or compared with true or false. */
export const flagKind: FieldKind = {
  label: "true or false",
  choices: ["true", "false"],
  comparisons: equality,
  alone: true,
  condition(field, _comparison, { value }) {
    const known = test(field, "known");
    if (/^true$/i.test(value)) return known;
    if (/^false$/i.test(value)) return { ...known, negated: true };
    return { reason: "is neither true nor false", expected: ["true", "false"] };
  },
};

/** Ids of rows. */
export const idKind: FieldKind = {
  label: "an id",
  comparisons: equality,
  alone: false,
  condition: (field, comparison, { value }) =>
    z.uuid().safeParse(value).success
      ? test(field, comparison, value.toLowerCase())
      : { reason: "is not an id (a UUID)", expected: ["a UUID"] },
};

/** People: `me`, an e-mail address or an account's id. */
export const personKind: FieldKind = {
  label: "me, an e-mail address or an id",
  choices: ["me"],
  comparisons: equality,
  alone: true,
  condition(field, comparison, { value }, { userId }) {
    if (/^me$/i.test(value)) {
      // The machine's owner starts runs that have no owner.
      const known = test(field, "known");
      return userId === undefined ? { ...known, negated: true } : test(field, comparison, userId);
    }
    if (z.uuid().safeParse(value).success || value.includes("@")) {
      return test(field, comparison, value.toLowerCase());
    }
    const expected = ["me", "an e-mail address", "a UUID"];
    return { reason: "is neither me nor an e-mail address nor an id", expected };
  },
};

/**
 * Returns the kind of fields with these values, which are written in upper or lower case and with "_" or
 * "-" between their words.
 * @param stored the value in the database by its written form
 */
export function choiceKind(stored: Readonly<Record<string, Operand>>): FieldKind {
  const names = Object.keys(stored);
  return {
    label: `one of ${names.join(", ")}`,
    choices: names,
    comparisons: equality,
    alone: true,
    condition: (field, comparison, token) =>
      choiceOf(token) ?? test(field, comparison, valueOf(token)),
  };

  function valueOf({ value }: Token): Operand {
    return stored[written(value)] ?? "";
  }

  function choiceOf({ value }: Token): NoValue | null {
    if (Object.hasOwn(stored, written(value))) return null;
    const reason = `is not one of ${names.join(", ")}`;
    return { reason, expected: names, nearest: nearest(written(value), names) };
  }
}

function written(value: string): string {
  return value.toLowerCase().replaceAll("_", "-");
}
