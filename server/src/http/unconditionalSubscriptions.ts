import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/**
 * Refuses subscriptions whose root field has @skip or @include, as later editions of GraphQL's
 * specification do: without its field a subscription has nothing to follow, on which graphql-js fails.
 */
export function unconditionalSubscriptions(context: ValidationContext): ASTVisitor {
  const check = ({ selections }: SelectionSetNode, seen: Set<string>): void => {
    for (const selection of selections) {
      const condition = selection.directives?.find(({ name }) =>
        /^(skip|include)$/.test(name.value),
      );
      if (condition !== undefined) {
        const sentence = `The field of a subscription cannot have @${condition.name.value}.`;
        context.reportError(new GraphQLError(sentence, { nodes: condition }));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) check(selection.selectionSet, seen);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
      const fragment = context.getFragment(selection.name.value);
      seen.add(selection.name.value);
      if (fragment != null) check(fragment.selectionSet, seen);
    }
  };
  return {
    OperationDefinition: ({ operation, selectionSet }) => {
      if (operation === OperationTypeNode.SUBSCRIPTION) check(selectionSet, new Set());
    },
  };
}
