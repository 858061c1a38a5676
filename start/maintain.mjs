// npm run clean, backup and restore: work on the stored data, beside a running platform or without one.
const { bootstrap } = await import("./bootstrap.mjs");
await bootstrap("launchMaintain.mjs", { needs: "folder", quiet: true });
