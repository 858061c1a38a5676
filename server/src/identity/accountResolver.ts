import {
  defaultTeamId,
  invite,
  setDisabled,
  setRole,
  type User,
  type Invitation as InvitationRow,
  withdrawInvitation,
} from "@opnas/prisma";
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { isRowId, parseInput } from "../input.js";
import { notFound } from "../notFound.js";
import { acceptInvitation, createAccount } from "./accounts.js";
import {
  AcceptInvitationInput,
  acceptInvitationSchema,
  CreateUserInput,
  createUserSchema,
  InviteMemberInput,
  inviteMemberSchema,
} from "./inputs.js";
import {
  Account,
  CreatedInvitation,
  Invitation,
  SignInMethod,
  UserRole,
  Viewer,
  ViewerKind,
} from "./types.js";

const userArgument = { description: "The account's id." };

/** The most rows of a list that has no pages. */
const maxRows = 1_000;

@Resolver()
export class AccountResolver {
  @Query(() => Viewer, {
    nullable: true,
    description: "The caller of this request. Null for one who is not signed in.",
  })
  viewer(@Ctx() { principal }: Context): Viewer | null {
    const { kind, role, scopes, name } = principal;
    if (kind === "ANONYMOUS" || role === undefined) return null;
    const { userId = null, expiresAt = null } = principal;
    return { kind: ViewerKind[kind], userId, name, role, scopes, expiresAt };
  }

  @Query(() => [SignInMethod], { description: "The ways to sign in to this platform." })
  signInMethods(@Ctx() { identity }: Context): SignInMethod[] {
    const { mode, oidc } = identity.settings;
    if (mode === "local") return [SignInMethod.LOCAL_TOKEN];
    const { PASSWORD, SINGLE_SIGN_ON } = SignInMethod;
    return oidc === undefined ? [PASSWORD] : [PASSWORD, SINGLE_SIGN_ON];
  }

  @UsualLength(20)
  @Query(() => [Account], {
    description: `All accounts, in the order of their e-mail addresses, at most ${maxRows}.`,
  })
  users(@Ctx() { database }: Context): Promise<User[]> {
    return database.user.findMany({ orderBy: { email: "asc" }, take: maxRows });
  }

  @UsualLength(20)
  @Query(() => [Invitation], {
    description: `The invitations, the newest first, at most ${maxRows}.`,
  })
  invitations(@Ctx() { database }: Context): Promise<InvitationRow[]> {
    return database.invitation.findMany({ orderBy: { createdAt: "desc" }, take: maxRows });
  }

  @Mutation(() => Account, { description: "Creates an account with a password." })
  createUser(
    @Arg("input", () => CreateUserInput, { description: "The account to create." })
    input: CreateUserInput,
    @Ctx() { database, identity }: Context,
  ): Promise<User> {
    const { teamId, ...account } = parseInput(createUserSchema, input, "input");
    return createAccount(database, identity.auth, { ...account, teamId: teamId ?? defaultTeamId });
  }

  @Mutation(() => CreatedInvitation, {
    description: "Invites a person by a link that makes an account. It is valid for seven days.",
  })
  async inviteMember(
    @Arg("input", () => InviteMemberInput, { description: "The invitation to make." })
    input: InviteMemberInput,
    @Ctx() { database, identity }: Context,
  ): Promise<CreatedInvitation> {
    const { teamId, ...person } = parseInput(inviteMemberSchema, input, "input");
    const made = await invite(database, { ...person, teamId: teamId ?? defaultTeamId });
    // After a #, so that the secret is in no log of a server.
    const link = `${identity.portalUrl}/sign-in#invitation=${made.secret}`;
    return { invitation: made.invitation, link };
  }

  @Mutation(() => Invitation, {
    description:
      "Withdraws an invitation that nobody has accepted, open or over: its link is worth nothing any more. Returns what it was.",
  })
  withdrawInvitation(
    @Arg("id", () => ID, { description: "The invitation's id." }) id: string,
    @Ctx() { database }: Context,
  ): Promise<InvitationRow> {
    if (!isRowId(id)) throw notFound("invitation", id);
    return withdrawInvitation(database, id);
  }

  @Mutation(() => Account, {
    description: "Accepts an invitation, which makes the account that it is for.",
  })
  acceptInvitation(
    @Arg("input", () => AcceptInvitationInput, { description: "The invitation to accept." })
    input: AcceptInvitationInput,
    @Ctx() { database, identity }: Context,
  ): Promise<User> {
    const accepted = parseInput(acceptInvitationSchema, input, "input");
    return acceptInvitation(database, identity.auth, accepted);
  }

  @Mutation(() => Account, { description: "Changes an account's role, at once for open sessions." })
  setRole(
    @Arg("userId", () => ID, userArgument) userId: string,
    @Arg("role", () => UserRole, { description: "The role to give it." }) role: UserRole,
    @Ctx() { database }: Context,
  ): Promise<User> {
    if (!isRowId(userId)) throw notFound("account", userId);
    return setRole(database, userId, role);
  }

  @Mutation(() => Account, {
    description: "Disables an account, which ends its sessions and keys, or makes it usable again.",
  })
  disableUser(
    @Arg("userId", () => ID, userArgument) userId: string,
    @Arg("disabled", () => Boolean, {
      defaultValue: true,
      description: "False to make it usable again.",
    })
    disabled: boolean,
    @Ctx() { database }: Context,
  ): Promise<User> {
    if (!isRowId(userId)) throw notFound("account", userId);
    return setDisabled(database, userId, disabled);
  }
}
