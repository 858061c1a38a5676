import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import type { Cell, ExportTable, Pages, Row } from "./tables.js";

/** Rows that are compressed together. */
const rowsPerGroup = 5_000;

type Column = ExportTable["columns"][number];

/** The types of Parquet by those of columns. JSON is text, which every reader has. */
const types: Record<Column["type"], Pick<SchemaElement, "type" | "converted_type">> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  number: { type: "DOUBLE" },
  integer: { type: "INT32" },
  boolean: { type: "BOOLEAN" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
};

/** Writes Parquet with Snappy: a part for each group of rows, then the index of them all. */
export async function* writeParquet(pages: Pages, columns: readonly Column[]) {
  const bytes = new ByteWriter();
  const file = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: "opnas" });
  let rows: Row[] = [];
  const writeRows = () =>
    file.write({
      columnData: columns.map(({ name }) => ({ name, data: cellsOf(rows, name) })),
      rowGroupSize: rows.length,
    });
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length < rowsPerGroup) continue;
    await writeRows();
    rows = [];
    yield taken(bytes);
  }
  if (rows.length > 0) await writeRows();
  await file.finish();
  yield taken(bytes);
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const root = { name: "row", num_children: columns.length };
  const leaves = columns.map(({ name, type }): SchemaElement => ({
    name,
    repetition_type: "OPTIONAL",
    ...types[type],
  }));
  return [root, ...leaves];
}

function cellsOf(rows: readonly Row[], name: string): Cell[] {
  return rows.map((row) => row[name] ?? null);
}

/** Takes what was written since the last call; the writer's offset in the file goes on. */
function taken(bytes: ByteWriter): Uint8Array {
  const part = Uint8Array.from(bytes.getBytes());
  bytes.index = 0;
  return part;
}
