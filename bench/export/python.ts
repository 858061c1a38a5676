/** Python with PyTorch, transformers and onnxruntime, in the cache. */
import { fileURLToPath } from "node:url";
import { pythonVenv } from "../../test/support/pythonVenv.ts";

/** Returns the Python of a virtual environment with what the comparisons need; pip makes it once per machine. */
export function pythonWithTorch(): Promise<string> {
  return pythonVenv(
    fileURLToPath(new URL("requirements.txt", import.meta.url)),
    "PyTorch, transformers and onnxruntime",
  );
}
