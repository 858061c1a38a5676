import type { Api } from "./client.js";
import { CliError, exitCodes } from "./error.js";
import { graphql } from "../generated/index.js";
import type { SavedViewsQuery, ViewList } from "../generated/graphql.js";

/** The saved views of one's own and of one's teams. */
export const viewsDocument = graphql(`
  query SavedViews($list: ViewList) {
    savedViews(list: $list) {
      id
      name
      list
      query
      columns
      teamId
      architectureOrder {
        field
        direction
      }
      runOrder {
        field
        direction
      }
    }
  }
`);

export const createViewDocument = graphql(`
  mutation CreateView($input: CreateViewInput!) {
    createView(input: $input) {
      id
      name
    }
  }
`);

export const renameViewDocument = graphql(`
  mutation RenameView($id: ID!, $name: String!) {
    renameView(id: $id, name: $name) {
      id
      name
    }
  }
`);

export const updateViewDocument = graphql(`
  mutation UpdateView($id: ID!, $input: UpdateViewInput!) {
    updateView(id: $id, input: $input) {
      id
      name
      query
    }
  }
`);

export const deleteViewDocument = graphql(`
  mutation DeleteView($id: ID!) {
    deleteView(id: $id)
  }
`);

/** A saved view. */
export type View = SavedViewsQuery["savedViews"][number];

/**
 * Finds a saved view by its name or id.
 * @throws CliError when there is none, or several of the name
 */
export async function findView(api: Api, named: string, list?: ViewList): Promise<View> {
  const { savedViews } = await api.request(viewsDocument, { list: list ?? null });
  const found = savedViews.filter(({ id, name }) => id === named || name === named);
  const [view] = found;
  if (view !== undefined && found.length === 1) return view;
  const message =
    view === undefined
      ? `There is no saved view ${named}: opnas view list shows those that there are.`
      : `Several saved views have the name ${named}: give the id of one, which opnas view list shows.`;
  throw new CliError(message, exitCodes.usage);
}

/** Returns the filter of a view together with another one; null where neither says anything. */
export function filterWith(view: View | undefined, where: string | undefined): string | null {
  const parts = [view?.query, where].filter((part) => part !== undefined && part.trim() !== "");
  if (parts.length === 2) return parts.map((part) => `(${part})`).join(" and ");
  return parts[0] ?? null;
}
