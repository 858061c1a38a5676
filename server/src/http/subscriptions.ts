import { OpnasError } from "@opnas/core";
import { GraphQLError } from "graphql";

/** Counts the open subscriptions of each caller over all its connections, and limits them. */
export class Subscriptions {
  private readonly most: number | null;
  private readonly counts = new Map<string, number>();

  /** @param most the most of one caller; null: any number */
  constructor(most: number | null) {
    this.most = most;
  }

  /** Counts one more, which `close` gives back. @returns why it is one too many, or null */
  open(key: string): GraphQLError | null {
    const count = this.counts.get(key) ?? 0;
    if (this.most !== null && count >= this.most) return tooMany(this.most);
    this.counts.set(key, count + 1);
    return null;
  }

  /** Gives one back. */
  close(key: string): void {
    const left = (this.counts.get(key) ?? 0) - 1;
    if (left > 0) this.counts.set(key, left);
    else this.counts.delete(key);
  }
}

function tooMany(most: number): GraphQLError {
  const sentence = `You have ${most} subscriptions open: end some of them, or close a page, first.`;
  const { code, kind, message } = new OpnasError("TOO_LARGE", sentence);
  return new GraphQLError(message, { extensions: { code, kind } });
}
