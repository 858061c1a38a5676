import { tf } from "./tf.js";

/** Runs `work` and frees every tensor it made; its result must be plain values. */
export function inScope<T>(work: () => T): T {
  const engine = tf.engine();
  engine.startScope();
  try {
    return work();
  } finally {
    engine.endScope();
  }
}
