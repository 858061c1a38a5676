import { checkArchitecture } from "@opnas/core";
import { type Architecture as ArchitectureRow, importArchitecture } from "@opnas/prisma";
import { GraphQLJSON } from "graphql-scalars";
import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import {
  InputError,
  isRowId,
  jsonExcess,
  label,
  maxArchitectureValues,
  parseInput,
} from "../input.js";
import { notFound } from "../notFound.js";

const nameSchema = label(200).min(1, "it is empty").nullish();

@Resolver()
export class ImportResolver {
  @Mutation(() => Architecture, {
    description:
      "Adds an architecture of your own to a run that is searching, and has it scored beside its candidates, as references are: it is neither part of the budget nor seen by the strategy. The same architecture again returns the first. One that is not legal, or of another depth, is refused with BAD_ARCHITECTURE.",
  })
  async importArchitecture(
    @Arg("runId", () => ID, { description: "The id of the run." }) runId: string,
    @Arg("json", () => GraphQLJSON, {
      description: "The architecture in its JSON form, as Architecture.json shows it.",
    })
    json: unknown,
    @Arg("name", () => String, {
      nullable: true,
      description: "A name for people, 1 to 200 characters. By default one is made from its key.",
    })
    name: string | null,
    @Ctx() { database, queue }: Context,
  ): Promise<ArchitectureRow> {
    const excess = jsonExcess(json, maxArchitectureValues);
    if (excess !== null) {
      throw new InputError({ path: ["json"], message: `json cannot be used: ${excess}.` });
    }
    const backbone = checkArchitecture(json);
    const given = parseInput(nameSchema, name, "name") ?? null;
    if (!isRowId(runId)) throw notFound("run", runId);
    return importArchitecture(database, queue, runId, { backbone, name: given });
  }
}
