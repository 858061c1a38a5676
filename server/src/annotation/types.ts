import { Field, Int, ObjectType } from "type-graphql";
import { Architecture } from "../architecture/types.js";
import { SearchRun } from "../run/types.js";

@ObjectType({ description: "A tag in use, with the number of its runs and architectures." })
export class Tag {
  @Field(() => String, { description: "The text of the tag." })
  tag!: string;

  @Field(() => Int, { description: "The number of runs that have it, without deleted ones." })
  runs!: number;

  @Field(() => Int, {
    description: "The number of architectures that have it, without those of deleted runs.",
  })
  architectures!: number;
}

@ObjectType({
  description:
    "A run or an architecture after a change of its name, note or tags; none if it was so already.",
})
export class AnnotationPayload {
  @Field(() => SearchRun, {
    nullable: true,
    description: "The run. Null if the id was an architecture's.",
  })
  run!: SearchRun | null;

  @Field(() => Architecture, {
    nullable: true,
    description: "The architecture. Null if the id was a run's.",
  })
  architecture!: Architecture | null;

  @Field(() => [String], {
    description: "The names of the fields that have changed: name, note or tags..",
  })
  changed!: string[];

  @Field(() => [String], { description: "Its tags now, in alphabetical order." })
  tags!: string[];

  @Field(() => String, { nullable: true, description: "Its note now. Null without one." })
  note!: string | null;
}
