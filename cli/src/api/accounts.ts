import { graphql } from "../generated/index.js";

export const viewerDocument = graphql(`
  query Viewer {
    viewer {
      kind
      name
      role
      scopes
      expiresAt
    }
    teams {
      id
      name
    }
  }
`);

export const usersDocument = graphql(`
  query Users {
    users {
      id
      name
      email
      role
      disabledAt
    }
  }
`);

export const createUserDocument = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      id
      email
      role
    }
  }
`);

export const inviteDocument = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      link
    }
  }
`);

export const invitationsDocument = graphql(`
  query Invitations {
    invitations {
      id
      email
      role
      teamId
      expiresAt
      acceptedAt
    }
    teams {
      id
      name
    }
  }
`);

export const withdrawDocument = graphql(`
  mutation WithdrawInvitation($id: ID!) {
    withdrawInvitation(id: $id) {
      email
    }
  }
`);

export const setRoleDocument = graphql(`
  mutation SetRole($userId: ID!, $role: UserRole!) {
    setRole(userId: $userId, role: $role) {
      email
      role
    }
  }
`);

export const disableUserDocument = graphql(`
  mutation DisableUser($userId: ID!, $disabled: Boolean!) {
    disableUser(userId: $userId, disabled: $disabled) {
      email
      disabledAt
    }
  }
`);

export const teamsDocument = graphql(`
  query Teams {
    teams {
      id
      name
      members {
        email
      }
    }
  }
`);

export const createTeamDocument = graphql(`
  mutation CreateTeam($name: String!) {
    createTeam(name: $name) {
      id
      name
    }
  }
`);

export const renameTeamDocument = graphql(`
  mutation RenameTeam($teamId: ID!, $name: String!) {
    renameTeam(teamId: $teamId, name: $name) {
      name
    }
  }
`);

export const deleteTeamDocument = graphql(`
  mutation DeleteTeam($teamId: ID!, $transferTo: ID) {
    deleteTeam(teamId: $teamId, transferTo: $transferTo)
  }
`);

export const leaveTeamDocument = graphql(`
  mutation LeaveTeam($teamId: ID!) {
    leaveTeam(teamId: $teamId)
  }
`);

export const addTeamMemberDocument = graphql(`
  mutation AddTeamMember($teamId: ID!, $userId: ID!) {
    addTeamMember(teamId: $teamId, userId: $userId) {
      name
    }
  }
`);

export const removeTeamMemberDocument = graphql(`
  mutation RemoveTeamMember($teamId: ID!, $userId: ID!) {
    removeTeamMember(teamId: $teamId, userId: $userId) {
      name
    }
  }
`);

export const apiKeysDocument = graphql(`
  query ApiKeys {
    apiKeys {
      id
      name
      start
      scopes
      expiresAt
      revokedAt
      lastUsedAt
    }
  }
`);

export const createApiKeyDocument = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      secret
    }
  }
`);

export const revokeApiKeyDocument = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) {
      name
    }
  }
`);

/** Entries of the audit log, the newest first. */
export const auditDocument = graphql(`
  query AuditLog($first: Int!, $after: String) {
    auditLog(first: $first, after: $after) {
      edges {
        node {
          time
          principalId
          principalName
          ipAddress
          action
          targetId
          outcome
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
