/**
 * Loaded before the server's own code in its process: collects all garbage when it is asked to, and tells how
 * many bytes are kept then. Resident memory says less, since the engine collects late while there is room.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { z } from "zod";

setFlagsFromString("--expose-gc");
const collect = z.function({ input: [], output: z.undefined() }).parse(runInNewContext("gc"));

process.on("message", (message) => {
  if (message !== "kept") return;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ type: "kept", bytes: heapUsed + external });
});
// The server ends as it does without this.
process.channel?.unref();
