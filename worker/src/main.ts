// Runs a worker as a process of its own: started by start/, or by hand with `node dist/main.js`.
import { runWorkerProcess } from "./process.js";

await runWorkerProcess();
