import { type DocumentType, graphql } from "@/generated";

export const auditRow = graphql(`
  fragment AuditRow on AuditEntry {
    id
    time
    principalId
    principalName
    ipAddress
    action
    targetId
    outcome
  }
`);
export type AuditRow = DocumentType<typeof auditRow>;

export const auditPage = graphql(`
  query AuditPage($first: Int!, $after: String, $filter: AuditFilter) {
    auditLog(first: $first, after: $after, filter: $filter) {
      edges {
        node {
          ...AuditRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
