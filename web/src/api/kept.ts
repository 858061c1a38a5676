/**
 * Values by key that outlive the components that show them, until the page is loaded anew: what was
 * on a page is there again when a person comes back to it. Of more than `most` keys the ones that were
 * set longest ago are dropped.
 */
export class Kept<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly most: number) {}

  get(key: string): Value | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Value): void {
    this.values.delete(key);
    this.values.set(key, value);
    const [oldest] = this.values.keys();
    if (this.values.size > this.most && oldest !== undefined) this.values.delete(oldest);
  }
}
