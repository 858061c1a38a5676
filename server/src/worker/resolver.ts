import { Ctx, Query, Resolver, Root, Subscription } from "type-graphql";
import type { Context } from "../context.js";
import { withoutForeignIds } from "./foreignJobs.js";
import { listWorkers } from "./list.js";
import { Worker } from "./types.js";
import { UsualLength } from "../http/cost.js";

@Resolver(() => Worker)
export class WorkerResolver {
  @UsualLength(20)
  @Query(() => [Worker], {
    description: "The workers that are alive or were in the last hour, the newest first.",
  })
  async workers(@Ctx() context: Context): Promise<Worker[]> {
    return withoutForeignIds(context, await listWorkers(context.database));
  }

  @UsualLength(20)
  @Subscription(() => [Worker], {
    subscribe: ({ context }: { context: Context }) => context.streams.workers.follow(),
    description:
      "The list of workers, as in the query workers: at once, then whenever it changes. The times of the last reports and measurements that hardly differ come with the next change, or within 20 seconds.",
  })
  workersChanged(@Root() workers: Worker[], @Ctx() context: Context): Promise<Worker[]> {
    return withoutForeignIds(context, workers);
  }
}
