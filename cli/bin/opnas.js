#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/index.js", import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv);
} else {
  console.error("✗ opnas is not built yet: run npm start or npm run build once.");
  process.exitCode = 1;
}
