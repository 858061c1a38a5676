import type { OpnasError } from "@opnas/core";

/** Seconds of a first rest, and the most that a rest lasts; each in a row is twice as long. */
export interface RestTimes {
  first: number;
  most: number;
}

const usualTimes: RestTimes = { first: 15, most: 300 };

/** Means by which a rest acts on its worker. */
export interface RestActions {
  /** Stops taking jobs; those under way go on. */
  pause: () => void;
  /** Takes jobs again. */
  resume: () => void;
  /** Is called when `reason` has changed. */
  onChange: () => void;
}

/**
 * The rest of a worker after a fault of its machine: it takes no jobs for a while, since each would
 * meet the same fault, and then tries again by itself. Other workers do the jobs meanwhile.
 */
export class Rest {
  /** Sentence about the fault; null while the worker takes jobs. */
  reason: string | null = null;
  private rests = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly actions: RestActions,
    private readonly times: RestTimes = usualTimes,
  ) {}

  /** Begins a rest because of a fault; one under way goes on. */
  begin(fault: OpnasError): void {
    if (this.reason !== null) return;
    this.reason = fault.message;
    const seconds = Math.min(this.times.most, this.times.first * 2 ** this.rests++);
    console.error(`This worker rests for ${seconds} s: ${fault.message} [${fault.code}]`);
    this.actions.onChange();
    this.actions.pause();
    this.timer = setTimeout(() => this.end(), seconds * 1000);
  }

  /** Takes note that a job was done, so that a next rest is short again. */
  gotOn(): void {
    this.rests = 0;
  }

  /** Ends for good, with the worker. */
  cancel(): void {
    clearTimeout(this.timer);
  }

  private end(): void {
    this.reason = null;
    this.actions.onChange();
    this.actions.resume();
  }
}
