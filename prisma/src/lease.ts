import type { Job } from "pg-boss";
import { jobChannel } from "./channels.js";
import { expirySeconds, type Queue } from "./queue.js";

/** A job as its holder took it: the number of retries tells its attempt from later ones. */
type Lease = Pick<Job<unknown>, "id" | "name" | "retryCount">;

/**
 * Renews the leases of jobs by the present time of Postgres' clock. A lease that ran out while its
 * holder was slow is taken back, unless another worker has the job by now.
 */
export async function keepLeases(
  queue: Queue,
  name: string,
  jobs: readonly Lease[],
): Promise<void> {
  // The ids find the rows. Postgres would rather read all active jobs of the queue, by their state, and
  // compare each with each id, which it takes for one row: a state as text has no index.
  await queue.getDb().executeSql(
    `UPDATE pgboss.job AS job
        SET state = 'active', heartbeat_on = now(), completed_on = NULL,
            expire_seconds = $4 + extract(epoch FROM now() - started_on)::int
       FROM unnest($2::uuid[], $3::int[]) AS held (id, retry_count)
      WHERE job.name = $1 AND job.id = ANY($2::uuid[]) AND job.id = held.id
        AND job.retry_count = held.retry_count
        AND job.state::text IN ('active', 'retry') AND job.started_on IS NOT NULL`,
    [name, jobs.map(({ id }) => id), jobs.map(({ retryCount }) => retryCount), expirySeconds],
  );
}

/**
 * Gives a job back to the queue without counting the attempt; it may be taken again after some
 * seconds. If its work has another waiting job by now, that one stays and this one ends. Does nothing
 * when the lease is lost.
 */
export async function giveBack(queue: Queue, job: Lease, seconds: number): Promise<void> {
  const { id, name, retryCount } = job;
  await queue.getDb().executeSql(
    `WITH mine AS (
       SELECT id, singleton_key FROM pgboss.job
        WHERE name = $1 AND id = $2 AND retry_count = $3 AND state = 'active' FOR UPDATE
     ), waiting AS (
       SELECT 1 FROM pgboss.job JOIN mine USING (singleton_key)
        WHERE job.name = $1 AND job.state = 'created'
     )
     UPDATE pgboss.job AS job
        SET state = CASE WHEN EXISTS (SELECT FROM waiting) THEN 'completed' ELSE 'created' END::pgboss.job_state,
            completed_on = CASE WHEN EXISTS (SELECT FROM waiting) THEN now() END,
            start_after = now() + $4 * interval '1 s', started_on = NULL, heartbeat_on = NULL
       FROM mine WHERE job.name = $1 AND job.id = mine.id`,
    [name, id, retryCount, seconds],
  );
  if (seconds === 0) await queue.getDb().executeSql(`SELECT pg_notify($1, $2)`, [jobChannel, name]);
}
