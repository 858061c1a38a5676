import type { KeyScope, UserRole } from "@opnas/prisma";

/**
 * A kind of row that belongs to a team: through its run, or itself (a webhook; a reference model; a saved
 * view, which is one's own or a team's; the team); `any` for whatever has an id and comes of a run.
 */
export type OwnedRow =
  | "run"
  | "architecture"
  | "training"
  | "reproduction"
  | "export"
  | "webhook"
  | "model"
  | "view"
  | "team"
  | "any";

/** The rule of one field of Query, Mutation or Subscription. */
export interface Rule {
  /** The lowest role that may use it; "ANYBODY" also for callers who are not known. */
  role: UserRole | "ANYBODY";
  /** The scope that an API key needs. */
  scope: KeyScope;
  /**
   * The argument with the id, or ids, of rows that must be of the caller's teams, and their kind. An
   * argument that is left out names no row.
   */
  row?: { kind: OwnedRow; argument: string };
}

const anybody: Rule = { role: "ANYBODY", scope: "READ" };
const look: Rule = { role: "VIEWER", scope: "READ" };
const administer: Rule = { role: "ADMIN", scope: "ADMIN" };

const lookAt = (kind: OwnedRow, argument = "id"): Rule => ({ ...look, row: { kind, argument } });
/** Viewers save views of their own; those of a team are for researchers (view/resolver.ts). */
const ownView: Rule = { role: "VIEWER", scope: "WRITE" };
/** The rule for what everybody does with an own account; an API key needs the scope of accounts for it. */
const ownAccount: Rule = { role: "VIEWER", scope: "ADMIN" };
const change = (kind?: OwnedRow, argument = "id"): Rule => ({
  role: "RESEARCHER",
  scope: "WRITE",
  ...(kind === undefined ? {} : { row: { kind, argument } }),
});

/**
 * The rules of every field of the three root types. A field without one is refused to all but
 * administrators, and fails a test (identity/rules.test.ts). Lists and streams of many rows have no row
 * of theirs: their resolvers read only the rows of the context's `teamIds`.
 */
export const rules: Readonly<
  Record<"Query" | "Mutation" | "Subscription", Readonly<Record<string, Rule>>>
> = {
  Query: {
    apiKeys: look,
    architecture: lookAt("architecture"),
    auditLog: administer,
    compare: lookAt("any", "ids"),
    estimate: look,
    export: lookAt("export"),
    filterFields: look,
    importance: lookAt("run", "runId"),
    invitations: administer,
    kernelsByDepth: lookAt("run", "runId"),
    leaderboard: look,
    models: look,
    node: lookAt("any"),
    operationPriorities: lookAt("run", "runId"),
    paretoFront: look,
    presets: look,
    reproduction: lookAt("reproduction"),
    savedViews: look,
    searchRun: lookAt("run"),
    searchRuns: look,
    sessions: look,
    settingDescriptions: look,
    signInMethods: anybody,
    tags: look,
    tasks: look,
    teams: look,
    training: lookAt("training"),
    trainings: look,
    users: administer,
    viewer: anybody,
    // Addresses of webhooks may be secrets of their receivers, so those who only look do not see them.
    webhookDeliveries: change("webhook", "webhookId"),
    webhooks: change(),
    workers: look,
  },
  Mutation: {
    acceptInvitation: anybody,
    addTeamMember: administer,
    annotate: change("any"),
    archiveRun: change("run"),
    assignText: administer,
    cancelSearch: change("run"),
    cancelTraining: change("training"),
    cloneSearch: change("run"),
    createApiKey: ownAccount,
    createTeam: administer,
    createUser: administer,
    createView: ownView,
    createWebhook: change(),
    deleteModel: change("model"),
    deleteRun: change("run"),
    deleteTeam: administer,
    deleteView: { ...ownView, row: { kind: "view", argument: "id" } },
    deleteWebhook: change("webhook"),
    disableUser: administer,
    exportArchitecture: change("any"),
    // The session is looked for among the caller's own.
    endSession: ownAccount,
    extendSearch: change("run"),
    importArchitecture: change("run", "runId"),
    importModel: change(),
    inviteMember: administer,
    leaveTeam: { ...ownAccount, row: { kind: "team", argument: "teamId" } },
    pauseSearch: change("run"),
    pretrain: change("architecture", "architectureId"),
    proposeCandidates: change("run", "runId"),
    removeTeamMember: administer,
    renameAccount: ownAccount,
    renameRun: change("run"),
    renameTeam: administer,
    renameView: { ...ownView, row: { kind: "view", argument: "id" } },
    reportScore: change("architecture", "candidateId"),
    reproduce: change("architecture", "architectureId"),
    restoreRun: change("run"),
    resumeSearch: change("run"),
    resumeTraining: change("training"),
    revokeApiKey: ownAccount,
    setRole: administer,
    startSearch: change(),
    tag: change("any"),
    testWebhook: change("webhook"),
    untag: change("any"),
    updateView: { ...ownView, row: { kind: "view", argument: "id" } },
    withdrawInvitation: administer,
  },
  Subscription: {
    exportChanged: lookAt("export"),
    leaderboardChanged: look,
    reproductionChanged: lookAt("reproduction"),
    runsChanged: look,
    searchEvents: lookAt("run", "runId"),
    trainingChanged: lookAt("architecture", "architectureId"),
    trainingMetrics: lookAt("training", "trainingId"),
    workersChanged: look,
  },
};

const ranks: Readonly<Record<UserRole, number>> = { VIEWER: 0, RESEARCHER: 1, ADMIN: 2 };

/** Reports whether a role has all that another one has. */
export function isAtLeast(role: UserRole, needed: UserRole): boolean {
  return ranks[role] >= ranks[needed];
}
