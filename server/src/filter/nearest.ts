/** The most names that are offered for one that is not known. */
const mostOffered = 3;

/**
 * Returns the names that are written like a word, the nearest first: those that begin with it, and those
 * that at most a third of its letters set apart (the distance of Damerau and Levenshtein).
 */
export function nearest(word: string, names: readonly string[]): string[] {
  const wanted = word.toLowerCase().slice(0, 50);
  const limit = wanted.length < 3 ? 0.5 : Math.max(1, Math.floor(wanted.length / 3));
  const distances = names.map((name) => {
    const known = name.toLowerCase();
    const begins = wanted.length > 1 && (known.startsWith(wanted) || known.endsWith(`.${wanted}`));
    return { name, distance: begins ? 0.5 : distance(wanted, known) };
  });
  return distances
    .filter((each) => each.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, mostOffered)
    .map(({ name }) => name);
}

/**
 * Returns the least number of changes that make one word of another: a letter added, removed or replaced,
 * or two neighbours exchanged.
 */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const letter = one[i];
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === other[j] ? 0 : 1);
      const isExchanged = i > 0 && j > 0 && letter === other[j - 1] && one[i - 1] === other[j];
      const exchanged = isExchanged ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
