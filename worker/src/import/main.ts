import { describeError } from "@opnas/core";
import { importModel } from "./command.js";
import { usage } from "./options.js";

const argv = process.argv.slice(2);
if (argv.length === 0 || argv.includes("--help")) console.log(usage);
else {
  importModel(argv).then(
    (lines) => {
      console.log(lines.join("\n"));
    },
    (error: unknown) => {
      console.error(describeError(error));
      process.exitCode = 1;
    },
  );
}
