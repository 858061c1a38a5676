import { strToU8, zipSync } from "fflate";

/** Makes a zip archive, such as a wheel, of these texts by path. @param {Record<string, string>} files */
export function zipOf(files) {
  const bodies = Object.entries(files).map(([name, text]) => [name, strToU8(text)]);
  return Buffer.from(zipSync(Object.fromEntries(bodies)));
}
