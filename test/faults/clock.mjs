// Preloaded into a worker's process: its wall clock jumps by the milliseconds in the file that OPNAS_TEST_CLOCK
// names whenever the process gets SIGUSR2. Timers and performance.now() go on, as on a machine whose clock is set.
import { readFileSync } from "node:fs";

const RealDate = Date;
let offset = 0;

globalThis.Date = class extends RealDate {
  /** @param {ConstructorParameters<DateConstructor>} given */
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + offset] : given));
  }

  static now() {
    return RealDate.now() + offset;
  }
};

process.on("SIGUSR2", () => {
  offset = Number(readFileSync(process.env.OPNAS_TEST_CLOCK ?? "", "utf8"));
});
