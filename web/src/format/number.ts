const none = "–";

const prefixes = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** Formats a count with three significant digits: 371_234 → "371k", 1_250_000 → "1.25M". */
export function compact(value: number | null | undefined): string {
  if (value == null) return none;
  const size = Math.abs(value);
  // 999.6k would round to "1000k": choose the prefix by the rounded value.
  const prefix = prefixes.find(([scale]) => size >= scale * 0.9995);
  if (!prefix) return String(Math.round(value));
  const [scale, letter] = prefix;
  return `${(value / scale).toPrecision(3)}${letter}`;
}

/** Formats a score on the scale 0–100 with two decimals. */
export function score(value: number | null | undefined): string {
  return value == null ? none : value.toFixed(2);
}

/** Formats a short time in seconds: 0.0042 → "4.20 ms", 1.25 → "1.25 s". */
export function shortTime(seconds: number | null | undefined): string {
  if (seconds == null) return none;
  return seconds < 0.9995 ? `${(seconds * 1000).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

/** Formats a multiple of something with three significant digits: 0.8412 → "0.841×". */
export function multiple(ratio: number | null | undefined): string {
  return ratio == null ? none : `${ratio.toPrecision(3)}×`;
}

/** Formats a fraction from 0 to 1 as whole percent, rounded down: "100%" only for 1. */
export function percent(fraction: number): string {
  return `${fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100))}%`;
}

/** Formats a whole number with a separator between thousands. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Formats a number with all its digits, up to twelve: 10_000 → "10,000", 1e-4 → "0.0001". */
export function exact(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 12 });
}

/** Formats a count with its noun: "1 candidate", "2 candidates". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Formats memory in gigabytes of 2^30 bytes, as memory is sold: 1.5 × 2^30 → "1.5", 24 × 2^30 → "24". */
export function gigabytes(bytes: number): string {
  const amount = bytes / 2 ** 30;
  return amount < 9.95 ? amount.toFixed(1) : String(Math.round(amount));
}

const units = ["B", "kB", "MB", "GB"];

/** Formats the size of a file: 950 → "950 B", 1 234 567 → "1.2 MB". */
export function byteSize(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power > 0 && amount < 100 ? 1 : 0)} ${units[power] ?? ""}`;
}
