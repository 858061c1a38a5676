import type { ReactNode } from "react";

/**
 * A chart's figures as a table that only screen readers see. A box hides the table, for a table
 * itself never gets narrower than its words and would widen the page.
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
