import { graphql } from "@/generated";

export const whoIsThere = graphql(`
  query WhoIsThere {
    viewer {
      kind
      userId
      name
      role
      account {
        id
        name
        email
        createdAt
      }
    }
  }
`);

export const waysToSignIn = graphql(`
  query WaysToSignIn {
    signInMethods
  }
`);

export const acceptInvitation = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      email
    }
  }
`);
