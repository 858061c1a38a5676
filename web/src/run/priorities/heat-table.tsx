import { heatMap, intensity, type Measure } from "./heat-map";
import type { Priority } from "./queries";

const formats: Record<Measure, (value: number) => string> = {
  probability: (value) => `${(100 * value).toFixed(0)}%`,
  ucb: (value) => value.toFixed(1),
  meanScore: (value) => value.toFixed(1),
  count: (value) => String(value),
};

/**
 * Shows a heat map as a table, which has its figures in the cells and can be read by screen
 * readers.
 */
export function HeatTable(props: {
  priorities: readonly Priority[];
  kind: "operation" | "kernel";
  measure: Measure;
  /** Name of the columns if they are not positions. */
  columnName?: string;
}) {
  const { priorities, kind, measure } = props;
  const map = heatMap(priorities, kind, measure);
  if (map.rows.length === 0) return null;
  const rowName = kind === "operation" ? "Operation" : "Kernel";
  const columnName = props.columnName ?? (kind === "operation" ? "Position in the path" : "Layer");
  return (
    <div
      className="relative min-w-0 overflow-x-auto"
      tabIndex={0}
      role="group"
      aria-label={rowName}
    >
      <table
        className="border-separate border-spacing-0.5 text-xs"
        data-testid={`heat-map-${kind}`}
      >
        <thead>
          <tr className="text-muted">
            <th className="pr-2 text-left font-normal">{rowName}</th>
            {map.columns.map((column) => (
              <th key={column} className="min-w-11 pb-1 font-normal tabular-nums" scope="col">
                <span className="sr-only">{columnName} </span>
                {column + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row" className="pr-2 text-left font-normal whitespace-nowrap">
                {name}
              </th>
              {cells.map((cell, index) =>
                cell ? (
                  <Cell
                    key={index}
                    text={formats[measure](cell[measure])}
                    level={intensity(cell[measure], map)}
                    title={`${name} at ${index + 1}: mean ${cell.meanScore.toFixed(2)}, sampled ${cell.count}×, UCB ${cell.ucb.toFixed(2)}, probability ${(100 * cell.probability).toFixed(1)}%`}
                  />
                ) : (
                  <td key={index} className="rounded bg-sunken/50" />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-1 text-xs text-muted">{columnName} →</p>
    </div>
  );
}

/**
 * Intensity from which a cell is filled with the accent colour and its text gets the contrasting
 * one.
 */
const filledFrom = 0.7;

function Cell({ text, level, title }: { text: string; level: number; title: string }) {
  const filled = level >= filledFrom;
  const share = Math.round(filled ? 88 + 12 * level : 5 + 55 * level);
  return (
    <td
      title={title}
      className="h-7 rounded text-center tabular-nums"
      style={{
        background: `color-mix(in oklab, var(--accent) ${share}%, var(--surface))`,
        color: filled ? "var(--accent-ink)" : "var(--ink)",
      }}
    >
      {text}
    </td>
  );
}
