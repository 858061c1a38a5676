import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType({
  description: "Anything that has an id and can be read by it with the query node.",
  resolveType: ({ __typename }: { __typename: string }) => __typename,
})
export abstract class Node {
  @Field(() => ID, { description: "The identifier, a UUID." })
  id!: string;
}
