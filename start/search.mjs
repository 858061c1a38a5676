// npm run search: one search from a shell. Everything it needs is made ready as npm start does it.
const { bootstrap } = await import("./bootstrap.mjs");
await bootstrap("launchSearch.mjs", { needs: "folder", quiet: true });
