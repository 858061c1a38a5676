import { exportChannel, type Export as ExportRow, startExport } from "@opnas/prisma";
import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { ArchitectureRow } from "../architecture/row.js";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import { followRow } from "../events/followRow.js";
import { isRowId } from "../input.js";
import { requireExport } from "../node/lookup.js";
import { notFound } from "../notFound.js";
import { Training } from "../pretraining/types.js";
import { storedError } from "../run/storedError.js";
import { RunError } from "../run/types.js";
import { fileNameOf } from "./fileName.js";
import { Export, ExportInput, ExportLink } from "./types.js";

const idArgument = { description: "The export's id." };

@Resolver(() => Export)
export class ExportResolver {
  @Query(() => Export, {
    nullable: true,
    description:
      "One export by its id. An unknown id, also one of a deleted run, gets the error NOT_FOUND.",
  })
  export(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<ExportRow> {
    return requireExport(database, id);
  }

  @Mutation(() => Export, {
    description:
      "Has a model written with its weights for another program. One of the same model and form that is under way or done is returned instead. Without weights, Architecture.files gives the files at once.",
  })
  async exportArchitecture(
    @Arg("id", () => ID, {
      description:
        "The id of a pre-training; or of an architecture, whose newest pre-trained model is taken, or its share of its run's super-net where there is none.",
    })
    id: string,
    @Arg("input", () => ExportInput, { description: "The form of the files." })
    { format }: ExportInput,
    @Ctx() { database, queue }: Context,
  ): Promise<ExportRow> {
    if (!isRowId(id)) throw notFound("architecture or training", id);
    return startExport(database, queue, { id, format });
  }

  @Subscription(() => Export, {
    subscribe: ({ args, context }: { args: { id: string }; context: Context }) =>
      changes(args.id, context),
    description:
      "The states of an export: the present one at once, then each change. The subscription ends when it is over.",
  })
  exportChanged(
    @Arg("id", () => ID, idArgument) _id: string,
    @Root() changed: ExportRow,
  ): ExportRow {
    return changed;
  }

  @FieldResolver(() => Architecture, { description: "The architecture of the model." })
  architecture(
    @Root() { architectureId }: ExportRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow> {
    return loaders.architecture.load(architectureId);
  }

  @FieldResolver(() => Training, {
    nullable: true,
    description:
      "The pre-training whose model it is. Null for the architecture's share of its run's super-net.",
  })
  async training(@Root() { pretrainingId }: ExportRow, @Ctx() { database }: Context) {
    if (pretrainingId === null) return null;
    return database.pretraining.findUnique({ where: { id: pretrainingId } });
  }

  @FieldResolver(() => String, { description: "The name under which the archive is downloaded." })
  fileName(@Root() row: ExportRow, @Ctx() { database }: Context): Promise<string> {
    return fileNameOf(database, row);
  }

  @FieldResolver(() => ExportLink, {
    nullable: true,
    description: "A new link to the archive. Null until it is done.",
  })
  async link(
    @Root() row: ExportRow,
    @Ctx() { database, links }: Context,
  ): Promise<ExportLink | null> {
    if (row.status !== "DONE") return null;
    const name = encodeURIComponent(await fileNameOf(database, row));
    return links.linkTo(row.id, `/export/models/${row.id}/${name}`);
  }

  @FieldResolver(() => RunError, {
    nullable: true,
    description: "The error that it failed with. Null if it did not fail.",
  })
  error(@Root() { error }: ExportRow): RunError | null {
    return storedError(error);
  }
}

async function changes(id: string, context: Context) {
  await requireExport(context.database, id);
  const read = () => context.database.export.findUnique({ where: { id } });
  return followRow(context, { channel: exportChannel, id, read });
}
