import { graphql } from "@/generated";

export const sessionList = graphql(`
  query SessionList {
    sessions {
      id
      userAgent
      ipAddress
      createdAt
      expiresAt
      current
    }
  }
`);

export const endSession = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id) {
      id
    }
  }
`);

export const renameAccount = graphql(`
  mutation RenameAccount($name: String!) {
    renameAccount(name: $name) {
      id
      name
    }
  }
`);
