/** Milliseconds after a reload within which a page does not reload itself again. */
const settledMs = 60_000;

/** Reports whether an error says that a part of the portal's code could not be loaded. */
export function isChunkFailure(error: unknown): boolean {
  return error instanceof Error && error.name === "ChunkLoadError";
}

/**
 * Reloads the page, once, if the portal answers: code that it has not any more belongs to a build
 * that was replaced under the open page. A portal that does not answer may be back in a moment.
 */
export async function reloadIfReplaced(): Promise<void> {
  const [opened] = performance.getEntriesByType("navigation");
  const wasReloaded = opened instanceof PerformanceNavigationTiming && opened.type === "reload";
  if (wasReloaded && performance.now() < settledMs) return;
  const answer = await fetch(window.location.href, { method: "HEAD" }).catch(() => null);
  if (answer?.ok === true) window.location.reload();
}
