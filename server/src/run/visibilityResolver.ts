import {
  archiveRun,
  type Database,
  deleteRun,
  restoreRun,
  type SearchRun as RunRow,
} from "@opnas/prisma";
import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { notFound } from "../notFound.js";
import { SearchRun } from "./types.js";

const idArgument = { description: "The run's id." };

@Resolver()
export class RunVisibilityResolver {
  @Mutation(() => SearchRun, {
    description:
      "Archives a run that is over: lists and leaderboards leave it out unless they are asked for it. Nothing of it is lost.",
  })
  archiveRun(@Arg("id", () => ID, idArgument) id: string, @Ctx() context: Context) {
    return change(context, id, archiveRun);
  }

  @Mutation(() => SearchRun, {
    description:
      "Deletes a run that is over. It leaves every list at once, and restoreRun brings it back; after a while (deletedDays of OPNAS_RETENTION) its candidates, events, super-net, checkpoints and pre-trained models are removed for good.",
  })
  deleteRun(@Arg("id", () => ID, idArgument) id: string, @Ctx() context: Context) {
    return change(context, id, deleteRun);
  }

  @Mutation(() => SearchRun, {
    description: "Brings an archived or deleted run back into the lists, as it was.",
  })
  restoreRun(@Arg("id", () => ID, idArgument) id: string, @Ctx() context: Context) {
    return change(context, id, restoreRun);
  }
}

async function change(
  { database }: Context,
  id: string,
  act: (database: Database, id: string) => Promise<RunRow>,
): Promise<RunRow> {
  if (!isRowId(id)) throw notFound("run", id);
  return act(database, id);
}
