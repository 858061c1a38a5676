import { describeError } from "@opnas/core";
import { exportModel } from "./command.js";
import { usage } from "./options.js";

const argv = process.argv.slice(2);
if (argv.length === 0 || argv.includes("--help")) console.log(usage);
else {
  exportModel(argv).then(
    (files) => {
      console.log(files.join("\n"));
    },
    (error: unknown) => {
      console.error(describeError(error));
      process.exitCode = 1;
    },
  );
}
