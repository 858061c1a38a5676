/** Asks the database with the text of a statement and its values. */
type Ask = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>;

/**
 * Takes the turn to do regular work, such as looking for lost jobs, that one of all processes does at a
 * time. It locks nothing while the work is not due, and is one statement.
 * @param milliseconds the time, by Postgres' clock, in which nobody else may have taken it
 * @returns false when somebody has
 */
export async function takeTurn(ask: Ask, name: string, milliseconds: number): Promise<boolean> {
  // Of several that find it due at once the first gets it: the others wait for its row and look again.
  const { rows } = await ask(
    `INSERT INTO "Chore" AS chore (name)
     SELECT $1::text WHERE NOT EXISTS (
       SELECT FROM "Chore" WHERE name = $1::text AND "begunAt" > clock_timestamp() - $2 * interval '1 ms'
     )
     ON CONFLICT (name) DO UPDATE SET "begunAt" = clock_timestamp()
      WHERE chore."begunAt" <= clock_timestamp() - $2 * interval '1 ms'
     RETURNING name`,
    [name, milliseconds],
  );
  return rows.length > 0;
}
