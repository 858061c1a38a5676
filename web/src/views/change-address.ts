/**
 * Sets parameters of the page's address in place, without a further entry in the history; null takes one
 * out. A list's filter and order are kept there, so that they can be shared and are there again on Back.
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

/** Sets the text of the box for names and filters as a parameter of its own kind. */
export function searchFor(text: string, isFilter: boolean): void {
  changeAddress(isFilter ? { where: text, q: null } : { q: text, where: null });
}
