import {
  annotate,
  type Annotation,
  type Architecture as ArchitectureRow,
  type Database,
  Prisma,
  readTags,
  type SearchRun as RunRow,
  type TagCount,
} from "@opnas/prisma";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { ofTeams } from "../identity/visible.js";
import { isRowId, label, parseInput, text } from "../input.js";
import { notFound } from "../notFound.js";
import { maxPageSize, pageSize } from "../pagination/keyset.js";
import { tagList, tagPrefix } from "./tags.js";
import { AnnotationPayload, Tag } from "./types.js";

/** The most characters of a note. */
const maxNoteLength = 10_000;

const nameSchema = label(200).min(1, "it is empty");
const noteSchema = text(maxNoteLength).nullable();

const idArgument = { description: "The id of a run or an architecture." };

/** A payload as it is made from rows. */
interface Payload {
  run: RunRow | null;
  architecture: ArchitectureRow | null;
  changed: string[];
  tags: string[];
  note: string | null;
}

@Resolver()
export class AnnotationResolver {
  @UsualLength(20)
  @Query(() => [Tag], {
    description: "The tags in use, in alphabetical order: what a field for tags completes to.",
  })
  tags(
    @Arg("prefix", () => String, {
      nullable: true,
      description: "The beginning of the tags to list, up to 50 characters; by default all are.",
    })
    prefix: string | null,
    @Arg("first", () => Int, {
      nullable: true,
      defaultValue: maxPageSize,
      description: `The most tags to list, 1 to ${maxPageSize}.`,
    })
    first: number | null,
    @Ctx() { database, teamIds }: Context,
  ): Promise<TagCount[]> {
    const beginning = parseInput(tagPrefix, prefix, "prefix") ?? "";
    const conditions = ofTeams(teamIds, Prisma.sql`r."teamId"`);
    return readTags(database, conditions, beginning, pageSize(first, maxPageSize));
  }

  @Mutation(() => AnnotationPayload, { description: "Gives a run another name." })
  renameRun(
    @Arg("id", () => ID, { description: "The run's id." }) id: string,
    @Arg("name", () => String, { description: "The new name, 1 to 200 characters." }) name: string,
    @Ctx() { database }: Context,
  ): Promise<Payload> {
    return change(database, "run", id, { name: parseInput(nameSchema, name, "name") });
  }

  @Mutation(() => AnnotationPayload, {
    description: "Adds tags to a run or an architecture; those that it has stay.",
  })
  tag(
    @Arg("id", () => ID, idArgument) id: string,
    @Arg("tags", () => [String], {
      description: "The tags, 1 to 50 characters each and without commas; it may have 50 in all.",
    })
    tags: string[],
    @Ctx() { database }: Context,
  ): Promise<Payload> {
    return change(database, "run or architecture", id, {
      addTags: parseInput(tagList, tags, "tags"),
    });
  }

  @Mutation(() => AnnotationPayload, {
    description:
      "Removes tags from a run or an architecture; those that it does not have are none.",
  })
  untag(
    @Arg("id", () => ID, idArgument) id: string,
    @Arg("tags", () => [String], { description: "The tags to remove." }) tags: string[],
    @Ctx() { database }: Context,
  ): Promise<Payload> {
    return change(database, "run or architecture", id, {
      removeTags: parseInput(tagList, tags, "tags"),
    });
  }

  @Mutation(() => AnnotationPayload, {
    description: "Sets the note of a run or an architecture, in place of the one before.",
  })
  annotate(
    @Arg("id", () => ID, idArgument) id: string,
    @Arg("note", () => String, {
      nullable: true,
      description: `The note, up to ${maxNoteLength} characters; null or an empty one removes it.`,
    })
    note: string | null,
    @Ctx() { database }: Context,
  ): Promise<Payload> {
    const parsed = parseInput(noteSchema, note ?? null, "note");
    return change(database, "run or architecture", id, { note: parsed === "" ? null : parsed });
  }
}

async function change(
  database: Database,
  what: string,
  id: string,
  annotation: Annotation,
): Promise<Payload> {
  if (!isRowId(id)) throw notFound(what, id);
  const annotated = await annotate(database, id, annotation);
  const run = annotated.kind === "run" ? annotated.run : null;
  const architecture = annotated.kind === "architecture" ? annotated.architecture : null;
  const { tags, note } = run ?? architecture ?? { tags: [], note: null };
  return { run, architecture, changed: annotated.changed, tags, note };
}
