import { type ClassType, Ctx, Field, Int, ObjectType, Root } from "type-graphql";
import type { RowBudget } from "../http/budget.js";
import type { Loader, Loaders } from "../loaders.js";
import { countLimit, type Page } from "./keyset.js";
import { PageInfo } from "./types.js";

/**
 * Makes the GraphQL types of a list that is read page by page (Relay's cursor connections): the
 * connection, which it returns, and its edges. A resolver returns a `Page` of row ids for it; rows that
 * the page lacks are loaded, and the whole list counted, only where the request selects them.
 * @param node the type of an entry; the connection of `Training` is `TrainingConnection`
 * @param loaderOf chooses the loader of an entry's row
 */
export function connectionOf<Row>(
  node: ClassType,
  loaderOf: (loaders: Loaders) => Loader<Row>,
): ClassType {
  const { name } = node;

  @ObjectType(`${name}Edge`, { description: `An entry of a page of the type ${name}.` })
  class Edge {
    @Field(() => String, {
      description: "The entry's position in the list, as an opaque text to pass as `after`.",
    })
    cursor!: string;

    @Field(() => node, { description: "The entry itself." })
    node(
      @Root() { id, row }: Page<Row>["edges"][number],
      @Ctx() { loaders, budget }: { loaders: Loaders; budget: RowBudget },
    ): Promise<Row> | Row {
      if (row === undefined) return loaderOf(loaders).load(id);
      budget.spend(1);
      return row;
    }
  }

  @ObjectType(`${name}Connection`, {
    description: `A page of a list of the type ${name}. Paging with \`after\` shows each entry once, also while others are added.`,
  })
  class Connection {
    @Field(() => [Edge], { description: "The page's entries, in the order of the list." })
    edges!: Page["edges"];

    @Field(() => PageInfo, { description: "The position of the page within the list." })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      description: `The number of entries of the whole list, counted up to ${countLimit}; see totalCountIsCapped.`,
    })
    async totalCount(@Root() { count }: Page): Promise<number> {
      return (await count()).count;
    }

    @Field(() => Boolean, {
      description: `True if the list has more than the ${countLimit} entries that totalCount then states.`,
    })
    async totalCountIsCapped(@Root() { count }: Page): Promise<boolean> {
      return (await count()).isCapped;
    }
  }
  return Connection;
}
