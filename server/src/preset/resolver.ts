import { candidateCount, type Preset as PresetInfo, presets } from "@opnas/core";
import { GraphQLJSON } from "graphql-scalars";
import { Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from "type-graphql";

@ObjectType({ description: "Settings with a name, to start a search from." })
export class Preset {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  description!: string;

  @Field(() => GraphQLJSON)
  settings!: unknown;
}

@Resolver(() => Preset)
export class PresetResolver {
  @Query(() => [Preset], { description: "The cheapest first." })
  presets(): readonly PresetInfo[] {
    return presets;
  }

  @FieldResolver(() => Int, { description: "Architectures that a search with it evaluates." })
  candidates(@Root() { settings }: PresetInfo): number {
    return candidateCount(settings);
  }
}
