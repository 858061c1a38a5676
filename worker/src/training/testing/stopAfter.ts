/** A signal that stops a training after so many steps: a loop looks at it once before each. */
export function stopAfter(steps: number): AbortSignal {
  let looks = 0;
  const { signal } = new AbortController();
  return Object.defineProperty(signal, "aborted", { get: () => looks++ >= steps });
}
