import { stream } from "@opnas/core";

/**
 * Samples the rows of each training step's batch: every epoch takes the rows in a new order and
 * leaves out the few that fill no batch. A step's rows follow from (seed, purpose, step) alone, so
 * an interrupted run goes on with exactly the batches it would have had. With fewer rows than
 * `size` a batch repeats them.
 *
 * @param count rows to sample from, at least 1
 * @param size rows of a batch
 * @returns step (0, 1, …) → row indices [size]
 */
export function batchRows(
  count: number,
  size: number,
  seed: number,
  purpose: string,
): (step: number) => Int32Array {
  const rows = Array.from({ length: Math.max(count, size) }, (_, index) => index % count);
  const perEpoch = Math.floor(rows.length / size);
  let epoch = -1;
  let order: Int32Array = new Int32Array();
  return (step) => {
    const wanted = Math.floor(step / perEpoch);
    if (wanted !== epoch) {
      epoch = wanted;
      order = Int32Array.from(stream(seed, purpose, epoch).shuffle(rows));
    }
    const start = (step % perEpoch) * size;
    return order.slice(start, start + size);
  };
}
