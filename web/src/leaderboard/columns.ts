import type { ArchitectureOrderField } from "@/generated/graphql";

/**
 * Returns the classes for the column widths on wider screens; without the run the last column is
 * narrow.
 */
export function columns(showRun: boolean): string {
  return showRun
    ? "md:grid-cols-[2rem_minmax(7rem,1fr)_9rem_minmax(6rem,1fr)_4rem_minmax(7rem,1fr)] lg:grid-cols-[2rem_minmax(8rem,1fr)_8.5rem_minmax(6rem,1fr)_4rem_4rem_minmax(8rem,1fr)] xl:grid-cols-[2rem_minmax(9.5rem,1.4fr)_7.5rem_minmax(5rem,1fr)_3.5rem_3.5rem_4rem_minmax(7rem,1fr)]"
    : "md:grid-cols-[2rem_minmax(7rem,1fr)_11rem_minmax(6rem,1fr)_4rem_4rem] lg:grid-cols-[2rem_minmax(7rem,1fr)_13rem_minmax(6rem,1fr)_5rem_5rem_5rem] xl:grid-cols-[2rem_minmax(7rem,1fr)_13rem_minmax(6rem,1fr)_5rem_5rem_5rem_5rem]";
}

export interface Column {
  label: string;
  field?: ArchitectureOrderField;
  className?: string;
}

export const headings = (showRun: boolean): Column[] => [
  { label: "#" },
  { label: "Candidate" },
  { label: "Score", field: "SCORE" },
  { label: "Layers" },
  { label: "Params", field: "PARAMS", className: "justify-end" },
  { label: "FLOPs", field: "FLOPS", className: "justify-end max-lg:hidden" },
  { label: "Step / BERT", field: "STEP_TIME", className: "justify-end max-xl:hidden" },
  { label: showRun ? "Run" : "Generation", field: "CREATED_AT" },
];
