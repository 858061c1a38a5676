/**
 * Changes parameters of the page's address in place, without a further entry in the history; one
 * without a value is taken out. What is shown can so be shared, and is there again on Back.
 */
export function changeAddress(changes: Readonly<Record<string, string | null | undefined>>): void {
  const next = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const query = next.toString();
  window.history.replaceState(null, "", query ? `?${query}` : window.location.pathname);
}
