import { type DocumentType, graphql } from "@/generated";

export const keyRow = graphql(`
  fragment KeyRow on ApiKey {
    id
    name
    start
    scopes
    createdAt
    expiresAt
    revokedAt
    lastUsedAt
  }
`);
export type Key = DocumentType<typeof keyRow>;

export const keyList = graphql(`
  query KeyList {
    apiKeys {
      ...KeyRow
    }
  }
`);

export const createKey = graphql(`
  mutation CreateKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      secret
      apiKey {
        ...KeyRow
      }
    }
  }
`);

export const revokeKey = graphql(`
  mutation RevokeKey($id: ID!) {
    revokeApiKey(id: $id) {
      ...KeyRow
    }
  }
`);
