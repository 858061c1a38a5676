import {
  claimChannel,
  exportChannel,
  pretrainingChannel,
  reproductionChannel,
} from "../channels.js";
import type { Database, Transaction } from "../client.js";
import type { EvolveJob, OrderJob, TrainerJob } from "../contracts/jobs.js";
import { Prisma, type Export, type Pretraining, type Reproduction } from "../generated/client.js";

/**
 * The kinds of orders: work that a person asks for about one architecture, beside its run, and that has
 * a row of its own. The row is the lock and the fence of its attempts. A kind is named as its job is.
 */
export type OrderKind = OrderJob["kind"];

/** The rows of orders by their kinds. */
export interface OrderRows {
  pretrain: Pretraining;
  reproduce: Reproduction;
  export: Export;
}

/** Names one order. */
export interface OrderName {
  kind: OrderKind;
  id: string;
}

/** The columns that all orders have in common. */
export interface OrderRow {
  status: Pretraining["status"];
  attempt: number;
  failures: number;
  /** Most steps that were done at a failure; absent for work that begins anew after each. */
  failedAt?: number;
  startedAt: Date | null;
}

/** A change of what all orders have in common. */
export interface OrderChange {
  status?: "QUEUED" | "RUNNING" | "DONE" | "FAILED";
  attempt?: { increment: number };
  failures?: number;
  failedAt?: number;
  error?: { code: string; message: string };
  waitingReason?: string | null;
  startedAt?: Date;
  finishedAt?: Date;
}

/** The table of one kind of orders. */
interface OrderTable {
  /** Its name in Postgres. */
  table: string;
  /** Word for a person, as it begins a sentence. */
  noun: string;
  channel: string;
  find(tx: Database | Transaction, id: string): Promise<OrderRow | null>;
  update(tx: Transaction, id: string, change: OrderChange): Promise<OrderRow>;
  openIds(db: Database): Promise<{ id: string }[]>;
  job(id: string): OrderJob;
}

const open = {
  where: { status: { in: ["QUEUED" as const, "RUNNING" as const] } },
  select: { id: true },
};

/** The tables of all kinds of orders. */
export const orderTables: Readonly<Record<OrderKind, OrderTable>> = {
  pretrain: {
    table: "Training",
    noun: "Training",
    channel: pretrainingChannel,
    find: (tx, id) => tx.pretraining.findUnique({ where: { id } }),
    update: (tx, id, data: Prisma.PretrainingUpdateInput) =>
      tx.pretraining.update({ where: { id }, data }),
    openIds: (db) => db.pretraining.findMany(open),
    job: (trainingId) => ({ kind: "pretrain", trainingId }),
  },
  reproduce: {
    table: "Reproduction",
    noun: "Reproduction",
    channel: reproductionChannel,
    find: (tx, id) => tx.reproduction.findUnique({ where: { id } }),
    update: (tx, id, data: Prisma.ReproductionUpdateInput) =>
      tx.reproduction.update({ where: { id }, data }),
    openIds: (db) => db.reproduction.findMany(open),
    job: (reproductionId) => ({ kind: "reproduce", reproductionId }),
  },
  export: {
    table: "Export",
    noun: "Export",
    channel: exportChannel,
    find: (tx, id) => tx.export.findUnique({ where: { id } }),
    update: (tx, id, data: Prisma.ExportUpdateInput) => tx.export.update({ where: { id }, data }),
    openIds: (db) => db.export.findMany(open),
    job: (exportId) => ({ kind: "export", exportId }),
  },
};

/** The kinds of orders, for loops over all of them. */
export const orderKinds: readonly OrderKind[] = ["pretrain", "reproduce", "export"];

/** Returns the order that a job is about; undefined for a job of a run. */
export function orderOf(job: OrderJob): OrderName;
export function orderOf(job: TrainerJob | EvolveJob): OrderName | undefined;
export function orderOf(job: TrainerJob | EvolveJob): OrderName | undefined {
  if ("trainingId" in job) return { kind: "pretrain", id: job.trainingId };
  if ("reproductionId" in job) return { kind: "reproduce", id: job.reproductionId };
  return "exportId" in job ? { kind: "export", id: job.exportId } : undefined;
}

/** Returns true while an order waits or is worked on. */
export function isOrderOpen({ status }: Pick<OrderRow, "status">): boolean {
  return status === "QUEUED" || status === "RUNNING";
}

/**
 * Locks an order's row until the caller's transaction ends and returns it; null when there is none. All
 * changes of an order start with this lock.
 */
export async function lockOrder(
  tx: Transaction,
  { kind, id }: OrderName,
): Promise<OrderRow | null> {
  const orders = orderTables[kind];
  await tx.$queryRaw`SELECT 1 FROM ${Prisma.raw(`"${orders.table}"`)} WHERE id = ${id}::uuid FOR UPDATE`;
  return orders.find(tx, id);
}

/**
 * Updates an order and tells its channel when the caller's transaction commits; a change of its status
 * also tells `claimChannel`.
 */
export async function changeOrder(
  tx: Transaction,
  { kind, id }: OrderName,
  change: OrderChange,
): Promise<OrderRow> {
  const row = await orderTables[kind].update(tx, id, change);
  await tellOrder(tx, { kind, id }, change.status !== undefined);
  return row;
}

/** Tells an order's channel, and if its status has changed `claimChannel`, of a change by the caller. */
export async function tellOrder(
  tx: Transaction,
  { kind, id }: OrderName,
  isStatusChanged: boolean,
): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${orderTables[kind].channel}, ${id})`;
  if (isStatusChanged) await tx.$executeRaw`SELECT pg_notify(${claimChannel}, ${id})`;
}
