/** Workers that look into a queue as often as one is to; of more, each looks less often. */
const workersAtFullRate = 8;

/** The most by which the time between two looks is lengthened. */
const most = 10;

/** The workers beside this one: what any of them finds by looking need not be looked for by all as often. */
export class Crowd {
  /** Number of live workers, as this one's newest report counted them. */
  workers = 1;

  /** Returns the seconds between two looks of this worker, from those of a worker among few. */
  seconds(amongFew: number): number {
    return amongFew * Math.min(most, Math.max(1, this.workers / workersAtFullRate));
  }
}
