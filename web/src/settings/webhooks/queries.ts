import { type DocumentType, graphql } from "@/generated";

export const webhookRow = graphql(`
  fragment WebhookRow on Webhook {
    id
    kind
    target
    events
    teamId
    createdAt
  }
`);
export type Hook = DocumentType<typeof webhookRow>;

export const webhookList = graphql(`
  query WebhookList {
    webhooks {
      ...WebhookRow
    }
  }
`);

export const deliveryRow = graphql(`
  fragment DeliveryRow on WebhookDelivery {
    id
    event
    runId
    attempts
    dueAt
    httpStatus
    error
    createdAt
    deliveredAt
  }
`);
export type Delivery = DocumentType<typeof deliveryRow>;

export const deliveryList = graphql(`
  query DeliveryList($webhookId: ID!, $first: Int!, $after: String) {
    webhookDeliveries(webhookId: $webhookId, first: $first, after: $after) {
      edges {
        node {
          ...DeliveryRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const createWebhook = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) {
    createWebhook(input: $input) {
      secret
      webhook {
        ...WebhookRow
      }
    }
  }
`);

export const testWebhook = graphql(`
  mutation TestWebhook($id: ID!) {
    testWebhook(id: $id) {
      ...DeliveryRow
    }
  }
`);

export const deleteWebhook = graphql(`
  mutation DeleteWebhook($id: ID!) {
    deleteWebhook(id: $id) {
      id
    }
  }
`);
