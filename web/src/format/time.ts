/**
 * Formats seconds in the two largest units that matter: 42 → "42 s", 125 → "2 min 5 s", 7_300 → "2
 * h 1 min".
 */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return seconds > 0 && seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  if (whole < 3600) return units(whole, 60, "min", 1, "s");
  if (whole < 86_400) return units(whole, 3600, "h", 60, "min");
  return units(whole, 86_400, "d", 3600, "h");
}

function units(whole: number, large: number, largeName: string, small: number, smallName: string) {
  const first = Math.floor(whole / large);
  const second = Math.floor((whole - first * large) / small);
  return second === 0 ? `${first} ${largeName}` : `${first} ${largeName} ${second} ${smallName}`;
}

/**
 * Formats the estimated rest of a time, rounded so that it does not flicker: "about 3 min left".
 */
export function eta(seconds: number | null | undefined): string | null {
  if (seconds == null) return null;
  if (seconds < 10) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}

/** Formats the time since `time` in one unit: "just now", "4 min ago", "3 d ago". */
export function ago(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Formats the time of day with seconds, in the reader's time zone. */
export function clock(time: string): string {
  return clockFormat.format(Date.parse(time));
}

/** Formats date and time in the reader's time zone and language. */
export function dateTime(time: string): string {
  return dateFormat.format(Date.parse(time));
}
