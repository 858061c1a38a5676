import { Tooltip } from "recharts";
import { Tip } from "./tip";

interface Entry {
  name?: string | number;
  value?: unknown;
  color?: string;
  fill?: string;
}

interface ContentProps {
  active?: boolean;
  label?: string | number;
  payload?: readonly Entry[];
}

/**
 * Returns the tooltip of a chart whose curves or bars share an x axis. It follows the pointer, and the
 * arrow keys once the chart has the focus.
 *
 * @param titleOf returns the title for a place on the x axis
 */
export function axisTooltip(
  titleOf: (label: string | number) => string,
  format: (value: number) => string,
) {
  return (
    <Tooltip
      cursor={{ stroke: "var(--line-strong)", fill: "var(--sunken)", fillOpacity: 0.6 }}
      isAnimationActive={false}
      content={<Content titleOf={titleOf} format={format} />}
    />
  );
}

function Content(
  props: ContentProps & {
    titleOf: (label: string | number) => string;
    format: (value: number) => string;
  },
) {
  const { active = false, label, payload = [], titleOf, format } = props;
  if (!active || label === undefined || payload.length === 0) return null;
  const rows = payload.flatMap(({ name, value, color, fill }) =>
    typeof value === "number"
      ? [{ label: String(name), value: format(value), colour: color ?? fill }]
      : [],
  );
  return <Tip title={titleOf(label)} rows={rows} />;
}
