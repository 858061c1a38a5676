/** The results of a pure function by the texts that they follow from, up to a number of them. */
export class Kept<V> {
  private readonly results = new Map<string, V>();

  /** @param most number of results, after which all are forgotten: cheaper than to know which were used last */
  constructor(private readonly most: number) {}

  /** Returns the result that is kept for a text, or else the one that `make` returns. */
  get(text: string, make: () => V): V {
    const known = this.results.get(text);
    if (known !== undefined) return known;
    const made = make();
    if (this.results.size >= this.most) this.results.clear();
    this.results.set(text, made);
    return made;
  }
}
