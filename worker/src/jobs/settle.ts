import { type ErrorCode, OpnasError } from "@opnas/core";
import {
  type Again,
  databaseError,
  type EvolveJob,
  failCandidate,
  failOrder,
  failRun,
  giveBackOrder,
  giveBackRunJob,
  giveUpOrder,
  giveUpRunJob,
  type OrderClaim,
  orderOf,
  reportOrderWaiting,
  reportWaiting,
  retryOrder,
  retryWork,
  type TrainerJob,
  type WorkClaim,
} from "@opnas/prisma";
import { trace } from "@opentelemetry/api";
import { addLogFields } from "@opnas/telemetry";
import type { Course, JobContext } from "./context.js";

/** Consequence of an attempt's error (decision 0023). */
export type Verdict =
  /** Nothing is left to do: the work was paused, cancelled or taken over. */
  | "drop"
  /** The queue gives the job to the next worker; it is no failed attempt. */
  | "giveBack"
  /** It counts as a failed attempt; the next comes later, or none when they are exhausted. */
  | "retry"
  /** This worker cannot do this job, but others: the job goes back for a while. */
  | "decline"
  /** The machine is at fault: the job goes back and this worker takes none for a while. */
  | "rest"
  /** It would fail anywhere: the candidate fails, or the run or order that cannot go on. */
  | "fail";

/** Decides what an attempt's error means, from its code and how far the attempt was. */
export function judge(
  { code, kind }: OpnasError,
  { isClaimed, isStopping }: { isClaimed: boolean; isStopping: boolean },
): Verdict {
  if (code === "ATTEMPT_REPLACED") return "drop";
  if (code === "STOPPED" && !isStopping) return "drop";
  if (kind === "retryable" && isStopping) return "giveBack";
  // A trainer that dies before it has work cannot start on this machine.
  if (code === "WORKER_LOST") return isClaimed ? "retry" : "rest";
  if (kind === "retryable") return "giveBack";
  if (code === "ANOTHER_STORE" || code === "ANOTHER_ENGINE") return "decline";
  if (kind === "machine") return "rest";
  return isClaimed ? "fail" : "giveBack";
}

/** Codes of errors that say something about one candidate, not about its whole run. */
const candidateCodes: readonly ErrorCode[] = ["BAD_ARCHITECTURE", "INTERNAL", "WORKER_LOST"];

/** Seconds after which a job that this worker cannot do may be taken again. */
const declinedSeconds = 10;

type AnyJob = TrainerJob | EvolveJob;

/**
 * Runs a job's handler and acts, in this one place, on its failure. Throwing makes the queue try
 * again; returning ends the job.
 * @throws OpnasError for a job that goes back to the queue
 */
export async function settle(
  context: JobContext,
  job: AnyJob,
  handle: (course: Course) => Promise<void>,
): Promise<Again | undefined> {
  const course = new Attempt();
  try {
    await handle(course);
    context.rest.gotOn();
    return undefined;
  } catch (error) {
    return dealWith(context, job, course, databaseError(error));
  }
}

/** A course whose claim also goes into what the log says about the job. */
class Attempt implements Course {
  step = 0;
  private held: Course["claim"];

  get claim(): Course["claim"] {
    return this.held;
  }

  set claim(claim: Course["claim"]) {
    this.held = claim;
    addLogFields({ attempt: claim?.attempt });
    if (claim !== undefined) trace.getActiveSpan()?.setAttribute("opnas.attempt", claim.attempt);
  }
}

/** Gives up the work of a job that the queue tried too often, each time without an end. */
export async function settleDead({ db, queue }: JobContext, work: AnyJob): Promise<undefined> {
  const sentence =
    "It was given up after many attempts that took their worker down; see the workers' logs.";
  const error = new OpnasError("WORKER_LOST", sentence);
  if ("runId" in work) await giveUpRunJob(db, queue, work, error);
  else await giveUpOrder(db, orderOf(work), error);
}

async function dealWith(
  context: JobContext,
  job: AnyJob,
  course: Course,
  error: OpnasError,
): Promise<Again | undefined> {
  const isClaimed = course.claim !== undefined;
  const verdict = judge(error, { isClaimed, isStopping: context.stopping.aborted });
  if (verdict === "drop") return undefined;
  if (verdict === "giveBack") throw error;
  if (verdict === "decline") return decline(context, job, error);
  try {
    if (verdict === "rest") await giveBackAndRest(context, job, course, error);
    else if (verdict === "fail" || !(await retry(context, job, course))) {
      console.error(error.cause ?? error);
      await fail(context, job, course, error);
    }
  } catch (later) {
    // Another attempt took over before this one failed: its error is its own affair.
    const { code } = databaseError(later);
    if (code !== "ATTEMPT_REPLACED" && code !== "STOPPED") throw later;
  }
  return undefined;
}

/** Leaves a job to other workers and tells its run or order why this one does not take it. */
async function decline(
  { db, settings }: JobContext,
  job: AnyJob,
  { message }: OpnasError,
): Promise<Again> {
  const reason = `Worker ${settings.name} leaves it to others: ${message}`;
  if ("runId" in job) await reportWaiting(db, job.runId, reason);
  else await reportOrderWaiting(db, orderOf(job), reason);
  return { againInSeconds: declinedSeconds };
}

async function giveBackAndRest(
  { db, queue, settings, rest }: JobContext,
  job: AnyJob,
  { claim }: Course,
  error: OpnasError,
): Promise<void> {
  rest.begin(error);
  const workerName = settings.name;
  if ("runId" in job) {
    const held = claim !== undefined && !isOfOrder(claim) ? claim : undefined;
    await giveBackRunJob(db, queue, job, { claim: held, workerName, error });
  } else {
    const held = claim !== undefined && isOfOrder(claim) ? claim : undefined;
    await giveBackOrder(db, queue, orderOf(job), { claim: held, workerName, error });
  }
}

function isOfOrder(claim: WorkClaim | OrderClaim): claim is OrderClaim {
  return "kind" in claim;
}

async function retry(
  { db, queue }: JobContext,
  job: AnyJob,
  { claim, step }: Course,
): Promise<boolean> {
  if (claim === undefined) return false;
  if (isOfOrder(claim)) return retryOrder(db, queue, claim, step);
  return "runId" in job && retryWork(db, queue, claim, { job, step });
}

async function fail(
  { db, queue }: JobContext,
  job: AnyJob,
  { claim }: Course,
  cause: OpnasError,
): Promise<void> {
  if (claim === undefined) return;
  if (isOfOrder(claim)) await failOrder(db, claim, cause);
  else if ("architectureId" in job && candidateCodes.includes(cause.code)) {
    await failCandidate(db, queue, claim, { architectureId: job.architectureId, cause });
  } else await failRun(db, claim, cause);
}
