/** Browsers by a mark of their User-Agent; one that contains another's mark comes before it. */
const browsers: readonly [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: readonly [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** Returns a browser's name and system, such as "Firefox on Linux", from its User-Agent. */
export function browserName(userAgent: string | null): string {
  if (!userAgent) return "Unknown program";
  const named = (names: readonly [RegExp, string][]) =>
    names.find(([mark]) => mark.test(userAgent))?.[1];
  const [browser, system] = [named(browsers), named(systems)];
  if (browser === undefined) return userAgent.split(/[ /]/)[0] ?? userAgent;
  return system === undefined ? browser : `${browser} on ${system}`;
}
