import type { ReactNode } from "react";

/**
 * Shows a chart's figures as a table for screen readers only. The hidden box is needed because a
 * table itself never gets narrower than its words and would widen the page.
 */
export function ScreenReaderTable(props: {
  caption: string;
  headings: readonly string[];
  /** The rows of the table's body. */
  children: ReactNode;
}) {
  return (
    <div className="sr-only">
      <table>
        <caption>{props.caption}</caption>
        <thead>
          <tr>
            {props.headings.map((heading, index) => (
              <th key={index} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
