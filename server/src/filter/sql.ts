import { Prisma } from "@opnas/prisma";
import { type Condition, every, type Test } from "./condition.js";

/**
 * Returns a condition on architectures in SQL. What it asks of their runs is asked at once, so that Postgres
 * looks at the runs once for it.
 * @param ofRun makes the condition on an architecture out of one on its run `r`
 */
export function sqlOf(condition: Condition, ofRun: (onRun: Prisma.Sql) => Prisma.Sql): Prisma.Sql {
  if (isOfRun(condition)) return ofRun(plainSql(condition));
  if (condition.kind === "test") return testSql(condition);
  const { kind, parts } = condition;
  const onRun = parts.filter(isOfRun);
  const others = parts.filter((part) => !isOfRun(part));
  const gathered = onRun.length === 0 ? others : [...others, { kind, parts: onRun }];
  return joined(
    kind,
    gathered.map((part) => sqlOf(part, ofRun)),
  );
}

/** Returns a condition in SQL over rows that have the columns of all its fields. */
export function plainSql(condition: Condition): Prisma.Sql {
  if (condition.kind === "test") return testSql(condition);
  return joined(condition.kind, condition.parts.map(plainSql));
}

/** Reports whether a condition asks only for what an architecture's run is. */
function isOfRun(condition: Condition): boolean {
  const hasTests = condition.kind === "test" || condition.parts.length > 0;
  return hasTests && every(condition, ({ field }) => field.of === "run");
}

function joined(kind: "all" | "any", parts: readonly Prisma.Sql[]): Prisma.Sql {
  const [only] = parts;
  if (only === undefined) return Prisma.raw(kind === "all" ? "true" : "false");
  if (parts.length === 1) return only;
  return Prisma.sql`(${Prisma.join([...parts], kind === "all" ? " AND " : " OR ")})`;
}

/** Returns a test in SQL; a negated one also holds where SQL's answer to the plain one is unknown. */
function testSql(test: Test): Prisma.Sql {
  const { field, comparison, negated } = test;
  const { column } = field;
  if (comparison === "known" && column !== undefined) {
    return Prisma.sql`${column} IS ${Prisma.raw(negated ? "NULL" : "NOT NULL")}`;
  }
  const sql = field.sql(test);
  return negated ? Prisma.sql`(${sql}) IS NOT TRUE` : sql;
}
