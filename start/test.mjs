// npm test: makes everything ready as npm start does, then runs every stage (or those named).
const { bootstrap } = await import("./bootstrap.mjs");
await bootstrap("launchTest.mjs", { needs: "nothing" });
