import { tf } from "./tf.js";

/**
 * Runs `work` and then frees every tensor that it made; returns its result, which must not be a
 * tensor.
 */
export function inScope<T>(work: () => T): T {
  const engine = tf.engine();
  engine.startScope();
  try {
    return work();
  } finally {
    engine.endScope();
  }
}
