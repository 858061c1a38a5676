const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Milliseconds between two frames of the status line. */
const redrawInterval = 100;
/** Milliseconds after which a step reports that it is under way, and between two such reports. */
const firstReportAfter = 2_000;
const reportInterval = 10_000;

/**
 * @typedef {object} Terminal
 * @property {<T>(title: string, work: (progress: (text: string) => void) => Promise<T>) => Promise<T>} step
 *   runs `work`, shows that it is under way, and prints one line with its time when it is done; the
 *   last text that `work` reports as "= …" becomes the line's remark, "✗ …" also marks it as failed
 * @property {(text: string) => void} line prints a line
 * @property {() => void} clear removes the status line before the end of the process
 */

/**
 * Prints lines for a person: on a TTY the running steps share one status line with a spinner;
 * elsewhere a step that takes longer prints a line now and then.
 *
 * @param {NodeJS.WriteStream} out
 * @param {{ quiet?: boolean }} [options] quiet: show only steps that took long
 * @returns {Terminal}
 */
export function createTerminal(out, { quiet = false } = {}) {
  out.on("error", () => undefined); // a closed terminal must not prevent an orderly stop
  /** @type {Set<{ title: string, startedAt: number, text: string, saidAt: number }>} */
  const running = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let frame = 0;

  const clear = () => {
    if (out.isTTY) out.write("\r\x1b[K");
  };
  /** @param {string} text */
  const line = (text) => {
    clear();
    out.write(`${text}\n`);
    draw();
  };
  function draw() {
    if (!out.isTTY || running.size === 0) return;
    const parts = [...running].map((step) => {
      const text = step.text === "" ? "" : ` (${step.text})`;
      return `${step.title} ${seconds(step.startedAt)}${text}`;
    });
    const status = `${frames[frame % frames.length] ?? ""} ${parts.join(" · ")}`;
    clear();
    out.write(status.slice(0, out.columns - 1));
  }
  function tick() {
    frame += 1;
    if (out.isTTY) return draw();
    for (const step of running) {
      if (Date.now() < step.saidAt) continue;
      step.saidAt = Date.now() + reportInterval;
      const text = step.text === "" ? "" : `: ${step.text}`;
      line(`… ${step.title}, ${seconds(step.startedAt)}${text}`);
    }
  }

  return {
    line,
    clear,
    async step(title, work) {
      const startedAt = Date.now();
      const step = { title, startedAt, text: "", saidAt: startedAt + firstReportAfter };
      let remark = "";
      let isBad = false;
      running.add(step);
      timer ??= setInterval(tick, redrawInterval);
      /** @param {string} text */
      const progress = (text) => {
        if (/^[=✗] /.test(text)) remark = `  ${text.slice(2)}`;
        else step.text = text;
        if (text.startsWith("✗ ")) isBad = true;
      };
      let mark = "✗";
      try {
        const result = await work(progress);
        if (!isBad) mark = "✓";
        return result;
      } finally {
        running.delete(step);
        if (running.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        const isShown = !quiet || mark === "✗" || Date.now() - startedAt > firstReportAfter;
        if (isShown) line(`${mark} ${title.padEnd(22)} ${seconds(startedAt).padStart(8)}${remark}`);
        else clear();
      }
    },
  };
}

/** Formats the time since a moment, e.g. "3.2 s". @param {number} since milliseconds since the epoch */
export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
