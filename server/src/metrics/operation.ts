import { type DocumentNode, getOperationAST, Kind } from "graphql";

/** An operation as the metrics name it. */
export interface NamedOperation {
  type: string;
  /** Its root field in the schema; `several` where it has more than one or a fragment. */
  field: string;
}

/** Stands for documents that are refused before it is known which operation they hold. */
export const refused: NamedOperation = { type: "none", field: "refused" };

/**
 * Names a validated operation by its root field. The name that a client gives it is not used: anyone
 * can make up as many as he likes, and each would be a series of its own (decision 0029).
 */
export function nameOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): NamedOperation {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return refused;
  const [only, ...others] = operation.selectionSet.selections;
  const isOne = only?.kind === Kind.FIELD && others.length === 0;
  return { type: operation.operation, field: isOne ? only.name.value : "several" };
}
