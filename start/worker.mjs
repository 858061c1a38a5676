// npm run worker: workers alone, for a database and an artifact store that other machines use, too.
const { bootstrap } = await import("./bootstrap.mjs");
await bootstrap("launchWorker.mjs", { needs: "folder" });
