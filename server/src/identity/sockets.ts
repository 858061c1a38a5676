import { identityChannel, type Notifications } from "@opnas/prisma";
import type { WebSocket } from "ws";
import type { Log } from "../log.js";
import type { Credentials, Identity } from "./identity.js";
import { hasSameRights, type Principal } from "./principal.js";

/** The code with which a connection ends whose caller is not known, or no longer. */
export const unauthorizedClose = 4401;

/** The code with which a connection ends whose caller has other rights now: it may connect again. */
const serviceRestartClose = 1012;

/** The longest time that a timer can wait, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

interface OpenSocket {
  socket: WebSocket;
  credentials: Credentials;
  principal: Principal;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The open WebSockets with their callers. Each ends with its session or API key: at the time at which
 * that expires, or as soon as Postgres tells that something of the account changed.
 */
export class OpenSockets {
  private readonly open = new Set<OpenSocket>();
  private readonly unlisten: () => void;
  /** The number of changes of any account so far. */
  private changes = 0;

  constructor(
    private readonly identity: Identity,
    notifications: Notifications,
    private readonly log: Log,
  ) {
    this.unlisten = notifications.listen(identityChannel, (userId) => {
      this.changes += 1;
      for (const each of this.open) {
        const { principal } = each;
        const isMeant = userId === null || principal.userId === userId;
        if (isMeant && principal.userId !== undefined) void this.review(each);
      }
    });
  }

  /**
   * Finds out who opened a connection, and looks after it from then on. What changes meanwhile is asked
   * for again, so that no end of a session or key is missed.
   */
  async admit(socket: WebSocket, credentials: Credentials): Promise<Principal> {
    for (;;) {
      const seen = this.changes;
      const principal = await this.identity.principalOf(credentials);
      if (principal.role === undefined || socket.readyState !== socket.OPEN) return principal;
      if (seen !== this.changes) continue;
      const each: OpenSocket = { socket, credentials, principal, timer: undefined };
      this.open.add(each);
      this.waitForEnd(each);
      socket.once("close", () => {
        clearTimeout(each.timer);
        this.open.delete(each);
      });
      return principal;
    }
  }

  /** Stops to look after connections. */
  stop(): void {
    this.unlisten();
    for (const { timer } of this.open) clearTimeout(timer);
    this.open.clear();
  }

  private waitForEnd(each: OpenSocket): void {
    const { expiresAt } = each.principal;
    if (expiresAt === undefined) return;
    const left = expiresAt.getTime() - Date.now();
    each.timer = setTimeout(
      () => void this.review(each).then(() => this.waitForEnd(each)),
      Math.min(Math.max(left, 1_000), longestTimer),
    ).unref();
  }

  /** Asks again who the caller is, and ends the connection where the answer is another one. */
  private async review(each: OpenSocket): Promise<void> {
    const { socket, credentials, principal } = each;
    try {
      const now = await this.identity.principalOf(credentials);
      if (!this.open.has(each)) return;
      if (now.role === undefined) socket.close(unauthorizedClose, "Unauthorized");
      else if (!hasSameRights(now, principal)) socket.close(serviceRestartClose, "Rights changed");
    } catch (error) {
      // Nobody keeps what cannot be confirmed: the client connects again and is asked then.
      this.log.error(`Could not confirm the caller of a WebSocket: ${String(error)}`);
      socket.close(serviceRestartClose, "Rights not confirmed");
    }
  }
}
