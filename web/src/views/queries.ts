import { type DocumentType, graphql } from "@/generated";

export const viewRow = graphql(`
  fragment ViewRow on SavedView {
    id
    name
    query
    columns
    teamId
    architectureOrder {
      field
      direction
    }
  }
`);
export type View = DocumentType<typeof viewRow>;

export const viewList = graphql(`
  query SavedViewList {
    savedViews(list: LEADERBOARD) {
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
