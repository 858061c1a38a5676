/** The product's mark: three layers, the middle one found. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className="size-6">
      <rect x="3" y="3" width="18" height="4.5" rx="1.6" className="fill-line-strong" />
      <rect x="3" y="9.75" width="18" height="4.5" rx="1.6" className="fill-accent" />
      <rect x="3" y="16.5" width="18" height="4.5" rx="1.6" className="fill-line-strong" />
    </svg>
  );
}
