const start = performance.now();
let lastNote = -Infinity;

/** Returns a function that says, for the share of the work that is done (0–1), how long the rest takes. */
export function eta(): (share: number) => string {
  const begin = performance.now();
  return (share) => {
    const left = ((performance.now() - begin) / 1000) * (1 / share - 1);
    return `about ${left < 90 ? `${left.toFixed(0)} s` : `${(left / 60).toFixed(1)} min`} left`;
  };
}

/** Writes a line to stderr; with `every`, not more often than that many milliseconds. */
export function note(text: string, every = 0): void {
  const now = performance.now();
  if (now - lastNote < every) return;
  lastNote = now;
  console.error(`[${((now - start) / 1000).toFixed(0)} s] ${text}`);
}
