import { type DocumentType, graphql } from "@/generated";
import type { ArchitectureOrder, RunOrder } from "@/generated/graphql";

export const viewRow = graphql(`
  fragment ViewRow on SavedView {
    id
    name
    query
    columns
    teamId
    list
    architectureOrder {
      field
      direction
    }
    runOrder {
      field
      direction
    }
  }
`);
export type View = DocumentType<typeof viewRow>;

/** A list as it is now, which a view can keep: its filter, and its order. */
export type ViewContent = { query: string } & (
  { architectureOrder: ArchitectureOrder } | { runOrder: RunOrder }
);

export const viewList = graphql(`
  query SavedViewList($list: ViewList!) {
    savedViews(list: $list) {
      ...ViewRow
    }
  }
`);

export const createView = graphql(`
  mutation CreateView($input: CreateViewInput!) {
    createView(input: $input) {
      ...ViewRow
    }
  }
`);

export const updateView = graphql(`
  mutation UpdateView($id: ID!, $input: UpdateViewInput!) {
    updateView(id: $id, input: $input) {
      ...ViewRow
    }
  }
`);

export const deleteView = graphql(`
  mutation DeleteView($id: ID!) {
    deleteView(id: $id)
  }
`);
