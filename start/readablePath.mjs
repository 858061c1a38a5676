/**
 * Reports whether the path of a request can be decoded: percent signs are followed by bytes that are
 * UTF-8. Next answers another one below /runs with 500.
 *
 * @param {string | undefined} url the path and query of the request
 */
export function isReadablePath(url = "/") {
  const [path = "/"] = url.split("?");
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
