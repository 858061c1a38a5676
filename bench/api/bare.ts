/** One page of the leaderboard by Node's http and pg alone; a process of `bench:api`. */
import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });
const page = `
  SELECT a.id, a.name, a.score, a.params, a.flops, a.stability FROM "Architecture" a
   WHERE a.score IS NOT NULL
     AND a."runId" NOT IN (SELECT r.id FROM "SearchRun" r
                            WHERE r."archivedAt" IS NOT NULL OR r."deletedAt" IS NOT NULL)
   ORDER BY a.score DESC, a.id LIMIT 21`;

const http = createServer((request, response) => {
  request.resume();
  pool.query<{ id: string }>(page).then(
    ({ rows }) => {
      const edges = rows.slice(0, 20).map((node) => ({ node }));
      const pageInfo = { hasNextPage: rows.length > 20, endCursor: rows.at(-2)?.id };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data: { leaderboard: { edges, pageInfo } } }));
    },
    (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    },
  );
});
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (typeof address === "object") process.send?.({ type: "ready", port: address?.port });
});
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
