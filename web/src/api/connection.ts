/** connecting: first attempt. live. lost: retrying. stopped: the server refused; only a reload helps. */
export type ConnectionState = "connecting" | "live" | "lost" | "stopped";

export interface ConnectionSnapshot {
  state: ConnectionState;
  /** Grows by one each time a lost connection comes back: what has no replay refetches then. */
  epoch: number;
}

/** The state of the one WebSocket, in the form `useSyncExternalStore` wants. */
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
