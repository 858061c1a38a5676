import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ArtifactKind } from "./artifacts.js";

/** The kinds of artifacts by their names in GraphQL; the values are those of addresses. */
export const ArchiveArtifact = {
  SUPER_NET: "super-net",
  MODELS: "models",
} as const satisfies Record<string, ArtifactKind>;
export type ArchiveArtifact = ArtifactKind;
registerEnumType(ArchiveArtifact, {
  name: "ArchiveArtifact",
  description: "A kind of weights that a run's archive may hold.",
  valuesConfig: {
    SUPER_NET: { description: "The super-net, with which an open search goes on elsewhere." },
    MODELS: { description: "The models that architectures of the run were pre-trained to." },
  },
});

@ObjectType({ description: "Weights of one kind that a run has in the artifact store." })
export class ArchivedArtifacts {
  @Field(() => ArchiveArtifact, { description: "The kind." })
  kind!: ArchiveArtifact;

  @Field(() => Int, { description: "The number of files." })
  files!: number;

  @Field(() => Float, { description: "Their bytes, which an archive does not make much smaller." })
  bytes!: number;
}

@ObjectType({
  description:
    "A run as one file, which POST /import/runs takes elsewhere (docs/archive.md): all its rows, and the weights that are asked for.",
})
export class RunArchive {
  runId!: string;

  superNetFile!: string | null;

  @Field(() => Int, { description: "The number of candidates and references in it." })
  architectures!: number;

  @Field(() => Int, { description: "The number of events in it." })
  events!: number;
}
