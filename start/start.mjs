// npm start: from a fresh clone to a running platform. This file must parse on any Node that knows
// modules, so that an old one gets a sentence; everything else is imported after the check.
if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(
    `✗ Node ${process.versions.node} is too old to begin with: install Node 20 or newer (https://nodejs.org) and start again.`,
  );
  process.exit(1);
}
if (process.argv.length > 2) {
  const isHelp = process.argv.slice(2).some((word) => word === "--help" || word === "-h");
  console.log(`npm start takes no arguments. It is set by the environment, e.g.

  OPNAS_WEB_PORT=3100 OPNAS_API_PORT=4100 OPNAS_DATA_DIR=~/opnas-data npm start

  OPNAS_WEB_PORT   3000    the portal's port
  OPNAS_API_PORT   4000    the GraphQL API's port
  OPNAS_DATA_DIR   .data   database, checkpoints, logs
  OPNAS_ARTIFACTS          super-nets and models: a shared folder or s3://bucket/prefix
  OPNAS_TEXT_DIR           your own texts, default: text in OPNAS_DATA_DIR
  OPNAS_ENGINE     auto    or tensorflow-gpu, tensorflow, wasm
  OPNAS_WORKERS    1       worker processes
  OPNAS_RATE_LIMIT         most operations of one user a minute; OPNAS_RATE_LIMIT_STORE: memory, postgres
  OPNAS_SUBSCRIPTION_LIMIT most subscriptions of one user
  OPNAS_USER_RUNS          most live searches of one account; OPNAS_TEAM_RUNS: of one team
  OPNAS_INTROSPECTION on   or off: the API does not tell its schema
  OPNAS_QUERY_SECONDS 10   seconds that Postgres may take for a statement of the API
  OPNAS_LOG_LEVEL  info    of the files in the folder logs: fatal, error, warn, info, debug, trace
  OPNAS_HOST               an address to be reached at by others, with OPNAS_AUTH=accounts
  OPNAS_AUTH       local   or accounts: people sign in (docs/accounts.md)
  OPNAS_FIRST_RUN  tiny    preset started in an empty database, or off
  DATABASE_URL             your own Postgres instead of the built-in one`);
  process.exit(isHelp ? 0 : 2);
}
const { bootstrap } = await import("./bootstrap.mjs");
await bootstrap("launch.mjs", { needs: "ports" });
