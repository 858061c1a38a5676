/**
 * State of the WebSocket. `connecting`: the first attempt; `live`: open; `lost`: silent or closed, and
 * retrying; `stopped`: the server refused the connection, and only a reload helps.
 */
export type ConnectionState = "connecting" | "live" | "lost" | "stopped";

export interface ConnectionSnapshot {
  state: ConnectionState;
  /**
   * Number of times that a lost connection was restored; data without replay is refetched when it
   * grows.
   */
  epoch: number;
}

/** The state of the page's WebSocket, as a store for `useSyncExternalStore`. */
export class Connection {
  private current: ConnectionSnapshot = { state: "connecting", epoch: 0 };
  private readonly listeners = new Set<() => void>();

  readonly snapshot = (): ConnectionSnapshot => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  opened(): void {
    const { state, epoch } = this.current;
    this.set({ state: "live", epoch: state === "lost" ? epoch + 1 : epoch });
  }

  /** Records a sign of life of an open socket, which may have been silent for a while. */
  heard(): void {
    if (this.current.state === "lost") this.set({ ...this.current, state: "live" });
  }

  /** Records that the socket is silent or closed. */
  lost(): void {
    if (this.current.state !== "stopped") this.set({ ...this.current, state: "lost" });
  }

  stopped(): void {
    this.set({ ...this.current, state: "stopped" });
  }

  private set(next: ConnectionSnapshot): void {
    if (next.state === this.current.state && next.epoch === this.current.epoch) return;
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}
