import { type DocumentType, graphql } from "@/generated";

export const teamNames = graphql(`
  query TeamNames {
    teams {
      id
      name
    }
  }
`);

export const teamFields = graphql(`
  fragment TeamFields on Team {
    id
    name
    createdAt
    members {
      ...AccountRow
    }
  }
`);
export type TeamWithMembers = DocumentType<typeof teamFields>;

export const teamList = graphql(`
  query TeamList {
    teams {
      ...TeamFields
    }
  }
`);

export const createTeam = graphql(`
  mutation CreateTeam($name: String!) {
    createTeam(name: $name) {
      ...TeamFields
    }
  }
`);

export const renameTeam = graphql(`
  mutation RenameTeam($teamId: ID!, $name: String!) {
    renameTeam(teamId: $teamId, name: $name) {
      id
      name
    }
  }
`);

export const deleteTeam = graphql(`
  mutation DeleteTeam($teamId: ID!, $transferTo: ID) {
    deleteTeam(teamId: $teamId, transferTo: $transferTo)
  }
`);

export const leaveTeam = graphql(`
  mutation LeaveTeam($teamId: ID!) {
    leaveTeam(teamId: $teamId)
  }
`);

export const addTeamMember = graphql(`
  mutation AddTeamMember($teamId: ID!, $userId: ID!) {
    addTeamMember(teamId: $teamId, userId: $userId) {
      ...TeamFields
    }
  }
`);

export const removeTeamMember = graphql(`
  mutation RemoveTeamMember($teamId: ID!, $userId: ID!) {
    removeTeamMember(teamId: $teamId, userId: $userId) {
      ...TeamFields
    }
  }
`);
