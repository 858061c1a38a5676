/** How the axes of all charts look. */
export const axis = {
  stroke: "var(--line-strong)",
  fontSize: 12,
  tick: { fill: "var(--muted)" },
} as const;
