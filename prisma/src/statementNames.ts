/** The most statements that have a name: each session of Postgres keeps those that it has seen. */
const most = 100;

/**
 * Names statements by their text. Postgres parses a statement with a name once in a session, and plans it
 * a few times instead of each time: planning takes longer than most statements of a queue do.
 */
export class StatementNames {
  private readonly names = new Map<string, string>();

  /** Returns the name of a statement; undefined once there are too many. */
  nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= most) return known;
    const name = `opnas_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}
