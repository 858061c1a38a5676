import { ArgsType, Field, Int, ObjectType, registerEnumType, Root } from "type-graphql";
import { defaultPageSize, maxPageSize, type PagePlace } from "./keyset.js";

export enum OrderDirection {
  ASC = "ASC",
  DESC = "DESC",
}
registerEnumType(OrderDirection, {
  name: "OrderDirection",
  description: "The direction in which a list is sorted. Rows without a value come last in both.",
  valuesConfig: {
    ASC: { description: "The smallest or oldest first." },
    DESC: { description: "The largest or newest first." },
  },
});

@ObjectType({ description: "The position of a page within its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "True if further entries follow this page." })
  hasNextPage(@Root() { isFollowed }: PagePlace): Promise<boolean> {
    return isFollowed();
  }

  @Field(() => String, {
    nullable: true,
    description:
      "The cursor of the page's last entry: pass it as `after` to get the next page. Null for an empty page.",
  })
  endCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The cursor of the page's first entry: pass it as `before`, with `last`, to get the page before. Null for an empty page.",
  })
  startCursor!: string | null;

  @Field(() => Boolean, { description: "True if entries come before this page." })
  hasPreviousPage(@Root() { isPreceded }: PagePlace): Promise<boolean> {
    return isPreceded();
  }
}

/** The arguments of every list that is read page by page. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    nullable: true,
    defaultValue: defaultPageSize,
    description: `The number of entries of the page, 1 to ${maxPageSize}.`,
  })
  first!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The `endCursor` of the page before, from the same query with the same order. The first page has none.",
  })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `The number of entries of a page that is read backwards, 1 to ${maxPageSize}: the last ones of the list, or those right before \`before\`. Not together with \`first\` or \`after\`.`,
  })
  last?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The `startCursor` of the page behind, from the same query with the same order; only together with `last`.",
  })
  before?: string | null;
}
