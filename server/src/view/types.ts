import type { ViewList as StoredList } from "@opnas/prisma";
import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { ArchitectureOrder, ArchitectureOrderField } from "../architecture/types.js";
import { OrderDirection } from "../pagination/types.js";
import { RunOrderField } from "../run/enums.js";
import { RunOrder } from "../run/inputs.js";

export const ViewList = {
  LEADERBOARD: "LEADERBOARD",
  RUNS: "RUNS",
} as const satisfies { [Name in StoredList]: Name };
export type ViewList = StoredList;
registerEnumType(ViewList, {
  name: "ViewList",
  description: "The list that a saved view is of.",
  valuesConfig: {
    LEADERBOARD: { description: "The architectures of a leaderboard." },
    RUNS: { description: "The list of runs." },
  },
});

@ObjectType({ description: "The order of a saved view of a leaderboard." })
export class SavedArchitectureOrder {
  @Field(() => ArchitectureOrderField, { description: "The value to sort by." })
  field!: ArchitectureOrderField;

  @Field(() => OrderDirection, { description: "The direction to sort in." })
  direction!: OrderDirection;
}

@ObjectType({ description: "The order of a saved view of runs." })
export class SavedRunOrder {
  @Field(() => RunOrderField, { description: "The value to sort by." })
  field!: RunOrderField;

  @Field(() => OrderDirection, { description: "The direction to sort in." })
  direction!: OrderDirection;
}

@ObjectType({
  description: "A filter, an order and columns of a list under a name, one's own or a team's.",
})
export class SavedView {
  @Field(() => ID, { description: "The view's id." })
  id!: string;

  @Field(() => String, { description: "The name, which its owner gave to no other view." })
  name!: string;

  @Field(() => ViewList, { description: "The list that it is of." })
  list!: ViewList;

  @Field(() => String, {
    description: "The condition in the filter language of docs/filter-language.md; empty for none.",
  })
  query!: string;

  @Field(() => [String], {
    description: "The names of the columns to show, as the client that saved them calls them.",
  })
  columns!: string[];

  @Field(() => ID, {
    nullable: true,
    description: "The id of the team that it belongs to. Null for one's own.",
  })
  teamId!: string | null;

  @Field(() => Date, { description: "The time at which it was saved." })
  createdAt!: Date;
}

@InputType({ description: "A view to save." })
export class CreateViewInput {
  @Field(() => String, { description: "The name, 1 to 100 characters." })
  name!: string;

  @Field(() => ViewList, { description: "The list that it is of." })
  list!: ViewList;

  @Field(() => String, {
    nullable: true,
    description:
      "The condition in the filter language of docs/filter-language.md, which is checked; without it there is none.",
  })
  query?: string | null;

  @Field(() => ArchitectureOrder, {
    nullable: true,
    description: "The order of a leaderboard; by default the best score comes first.",
  })
  architectureOrder?: ArchitectureOrder | null;

  @Field(() => RunOrder, {
    nullable: true,
    description: "The order of a list of runs; by default the newest comes first.",
  })
  runOrder?: RunOrder | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "The names of the columns to show, as the client calls them: at most 50 of up to 100 characters.",
  })
  columns?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the team whose view it is to be; without it, it is one's own.",
  })
  teamId?: string | null;
}

@InputType({ description: "Changes of a saved view; what is left out stays as it is." })
export class UpdateViewInput {
  @Field(() => String, { nullable: true, description: "The new name, 1 to 100 characters." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The new condition in the filter language of docs/filter-language.md, which is checked; empty or null for none.",
  })
  query?: string | null;

  @Field(() => ArchitectureOrder, {
    nullable: true,
    description: "The new order of a leaderboard; null for the usual one.",
  })
  architectureOrder?: ArchitectureOrder | null;

  @Field(() => RunOrder, {
    nullable: true,
    description: "The new order of a list of runs; null for the usual one.",
  })
  runOrder?: RunOrder | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "The names of the new columns, at most 50 of up to 100 characters; null for the usual ones.",
  })
  columns?: string[] | null;
}
