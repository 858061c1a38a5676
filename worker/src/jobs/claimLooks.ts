import { setTimeout as sleep } from "node:timers/promises";
import { type Database, type WorkClaim, wantedWork } from "@opnas/prisma";

/** Milliseconds in which questions are gathered. */
const gatherMilliseconds = 20;

/**
 * Looks at the claims of a worker's slots together: `watchClaim` asks for all of them at about the same
 * time, and one statement answers.
 */
export class ClaimLooks {
  private claims: WorkClaim[] = [];
  private answer: Promise<ReadonlySet<WorkClaim>> | undefined;

  constructor(private readonly db: Database) {}

  /** Returns true while the claim's run is running and no newer attempt exists; locks nothing. */
  async isWanted(claim: WorkClaim): Promise<boolean> {
    this.claims.push(claim);
    this.answer ??= this.ask();
    return (await this.answer).has(claim);
  }

  private async ask(): Promise<ReadonlySet<WorkClaim>> {
    await sleep(gatherMilliseconds);
    const { claims } = this;
    this.claims = [];
    this.answer = undefined;
    return new Set(await wantedWork(this.db, claims));
  }
}
