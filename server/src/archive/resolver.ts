import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import type { Link } from "../http/signedLinks.js";
import { ExportLink } from "../modelExport/types.js";
import type { RunRow } from "../run/row.js";
import { SearchRun } from "../run/types.js";
import { artifactsOf } from "./artifacts.js";
import { archiveLink } from "./link.js";
import { ArchiveArtifact, ArchivedArtifacts, RunArchive } from "./types.js";

@Resolver(() => SearchRun)
export class ArchiveOfRun {
  @FieldResolver(() => RunArchive, { description: "The run as one file." })
  async archive(
    @Root() { id, lastSeq, superNetFile }: RunRow,
    @Ctx() { database }: Context,
  ): Promise<RunArchive> {
    const architectures = await database.architecture.count({ where: { runId: id } });
    return { runId: id, superNetFile, architectures, events: lastSeq };
  }
}

@Resolver(() => RunArchive)
export class ArchiveFields {
  @UsualLength(2)
  @FieldResolver(() => [ArchivedArtifacts], {
    nullable: true,
    description:
      "The weights that may go along, by kind; kinds that the run has none of are left out. Null, with an error, while the artifact store cannot be read.",
  })
  async artifacts(
    @Root() { runId, superNetFile }: RunArchive,
    @Ctx() { database, store }: Context,
  ): Promise<ArchivedArtifacts[]> {
    const held = await artifactsOf(database, await store.open(), { id: runId, superNetFile });
    return held.map(({ kind, files }) => ({
      kind,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    }));
  }

  @FieldResolver(() => ExportLink, {
    description: "A new link to the archive, which is written while it is downloaded.",
  })
  link(
    @Root() { runId }: RunArchive,
    @Arg("artifacts", () => [ArchiveArtifact], {
      defaultValue: [],
      description: "The weights that go along; none by default.",
    })
    artifacts: ArchiveArtifact[],
    @Ctx() { links }: Context,
  ): Link {
    return archiveLink(links, { runId, artifacts });
  }
}
