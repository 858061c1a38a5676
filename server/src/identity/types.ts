import type { KeyScope as StoredScope, UserRole as StoredRole } from "@opnas/prisma";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../pagination/connection.js";

export const UserRole = {
  VIEWER: "VIEWER",
  RESEARCHER: "RESEARCHER",
  ADMIN: "ADMIN",
} as const satisfies { [Name in StoredRole]: Name };
export type UserRole = StoredRole;
registerEnumType(UserRole, {
  name: "UserRole",
  description: "The role of an account. Each has what the one before it has.",
  valuesConfig: {
    VIEWER: { description: "Sees the runs, architectures and pre-trainings of its teams." },
    RESEARCHER: { description: "Also starts and changes those of its teams." },
    ADMIN: { description: "Sees and changes those of all teams, and accounts, teams and keys." },
  },
});

export const KeyScope = {
  READ: "READ",
  WRITE: "WRITE",
  ADMIN: "ADMIN",
} as const satisfies { [Name in StoredScope]: Name };
export type KeyScope = StoredScope;
registerEnumType(KeyScope, {
  name: "KeyScope",
  description: "A part of the API that an API key may use, as far as its account's role allows.",
  valuesConfig: {
    READ: { description: "Queries and subscriptions." },
    WRITE: { description: "Mutations of runs, architectures and pre-trainings." },
    ADMIN: { description: "Accounts, teams, API keys and the audit log." },
  },
});

export enum ViewerKind {
  LOCAL = "LOCAL",
  USER = "USER",
  API_KEY = "API_KEY",
}
registerEnumType(ViewerKind, {
  name: "ViewerKind",
  description: "The way in which a caller is known.",
  valuesConfig: {
    LOCAL: { description: "As the owner of the machine that the API runs on, without an account." },
    USER: { description: "As an account that is signed in." },
    API_KEY: { description: "As an account, by one of its API keys." },
  },
});

export enum SignInMethod {
  PASSWORD = "PASSWORD",
  SINGLE_SIGN_ON = "SINGLE_SIGN_ON",
  LOCAL_TOKEN = "LOCAL_TOKEN",
}
registerEnumType(SignInMethod, {
  name: "SignInMethod",
  description: "A way to sign in.",
  valuesConfig: {
    PASSWORD: { description: "With an e-mail address and a password." },
    SINGLE_SIGN_ON: { description: "At the provider that the platform is set up with." },
    LOCAL_TOKEN: { description: "With the token in the data folder of the machine." },
  },
});

@ObjectType({ description: "A team, which owns runs and what came of them." })
export class Team {
  @Field(() => ID, { description: "The team's id." })
  id!: string;

  @Field(() => String, { description: "The team's name." })
  name!: string;

  @Field(() => Date, { description: "The time at which it was created." })
  createdAt!: Date;
}

@ObjectType({ description: "An account of a person." })
export class Account {
  @Field(() => ID, { description: "The account's id." })
  id!: string;

  @Field(() => String, { description: "The person's name." })
  name!: string;

  @Field(() => String, { description: "The e-mail address that it signs in with." })
  email!: string;

  @Field(() => UserRole, { description: "The account's role." })
  role!: UserRole;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was disabled. Null while it can be used.",
  })
  disabledAt!: Date | null;

  @Field(() => Date, { description: "The time at which it was created." })
  createdAt!: Date;
}

@ObjectType({ description: "The caller of this request." })
export class Viewer {
  @Field(() => ViewerKind, { description: "The way in which the caller is known." })
  kind!: ViewerKind;

  @Field(() => ID, {
    nullable: true,
    description: "The account's id. Null for the machine's owner.",
  })
  userId!: string | null;

  @Field(() => String, {
    description: "The account's e-mail address, or a word for what has none.",
  })
  name!: string;

  @Field(() => UserRole, { description: "The caller's role." })
  role!: UserRole;

  @Field(() => [KeyScope], { description: "The parts of the API that the caller may use." })
  scopes!: readonly KeyScope[];

  @Field(() => Date, {
    nullable: true,
    description: "The time at which the session or key ends. Null if it does not.",
  })
  expiresAt!: Date | null;
}

@ObjectType({ description: "A secret with which a program acts for an account." })
export class ApiKey {
  @Field(() => ID, { description: "The key's id." })
  id!: string;

  @Field(() => String, { description: "The name that it was given." })
  name!: string;

  @Field(() => String, { description: "The first characters of the secret, to tell keys apart." })
  start!: string;

  @Field(() => [KeyScope], { description: "The parts of the API that it may use." })
  scopes!: KeyScope[];

  @Field(() => Date, { description: "The time at which it was created." })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: "The time at which it ends. Null for never." })
  expiresAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was revoked, if it was.",
  })
  revokedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "The time of its last use, to the minute. Null before the first.",
  })
  lastUsedAt!: Date | null;
}

@ObjectType({ description: "An API key that was just created, with its secret." })
export class CreatedApiKey {
  @Field(() => ApiKey, { description: "The key." })
  apiKey!: ApiKey;

  @Field(() => String, {
    description: "The secret, to send as Authorization: Bearer SECRET. It is shown this once.",
  })
  secret!: string;
}

@ObjectType({ description: "An invitation to have an account." })
export class Invitation {
  @Field(() => ID, { description: "The invitation's id." })
  id!: string;

  @Field(() => String, { description: "The e-mail address that is invited." })
  email!: string;

  @Field(() => UserRole, { description: "The role that the account gets." })
  role!: UserRole;

  @Field(() => ID, { description: "The id of the team that the account joins." })
  teamId!: string;

  @Field(() => Date, { description: "The time at which it was made." })
  createdAt!: Date;

  @Field(() => Date, { description: "The time at which it ends." })
  expiresAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was accepted, if it was.",
  })
  acceptedAt!: Date | null;
}

@ObjectType({ description: "An invitation that was just made, with the secret of its link." })
export class CreatedInvitation {
  @Field(() => Invitation, { description: "The invitation." })
  invitation!: Invitation;

  @Field(() => String, {
    description:
      "The link to send to the person, at which the portal asks for a name and a password. It is shown this once.",
  })
  link!: string;
}

@ObjectType({ description: "A mutation that somebody asked for." })
export class AuditEntry {
  @Field(() => ID, { description: "The entry's id." })
  id!: string;

  @Field(() => Date, { description: "The time at which it was asked for." })
  time!: Date;

  @Field(() => String, {
    description: "The caller: local, user: or key: with the id of the account or key.",
  })
  principalId!: string;

  @Field(() => String, { description: "The caller's e-mail address at that time, or a word." })
  principalName!: string;

  @Field(() => String, { nullable: true, description: "The address that it came from." })
  ipAddress!: string | null;

  @Field(() => String, { description: "The name of the mutation." })
  action!: string;

  @Field(() => String, {
    nullable: true,
    description: "The id of the row that it is about, if any.",
  })
  targetId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The outcome: OK or the code of the error. Null while it is under way.",
  })
  outcome!: string | null;
}

export const AuditEntryConnection = connectionOf(AuditEntry, ({ auditEntry }) => auditEntry);
