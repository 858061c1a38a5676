import { type DocumentType, graphql } from "@/generated";

export const accountRow = graphql(`
  fragment AccountRow on Account {
    id
    name
    email
    role
    disabledAt
    createdAt
  }
`);
export type AccountOfTable = DocumentType<typeof accountRow>;

export const userList = graphql(`
  query UserList {
    users {
      ...AccountRow
    }
  }
`);

export const invitationRow = graphql(`
  fragment InvitationRow on Invitation {
    id
    email
    role
    teamId
    createdAt
    expiresAt
    acceptedAt
  }
`);
export type InvitationOfTable = DocumentType<typeof invitationRow>;

export const invitationList = graphql(`
  query InvitationList {
    invitations {
      ...InvitationRow
    }
  }
`);

export const inviteMember = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      link
      invitation {
        ...InvitationRow
      }
    }
  }
`);

export const withdrawInvitation = graphql(`
  mutation WithdrawInvitation($id: ID!) {
    withdrawInvitation(id: $id) {
      id
    }
  }
`);

export const setRole = graphql(`
  mutation SetRole($userId: ID!, $role: UserRole!) {
    setRole(userId: $userId, role: $role) {
      ...AccountRow
    }
  }
`);

export const disableUser = graphql(`
  mutation DisableUser($userId: ID!, $disabled: Boolean!) {
    disableUser(userId: $userId, disabled: $disabled) {
      ...AccountRow
    }
  }
`);
