import { whenValid } from "@opnas/core";
import { Field, ID, InputType, Int } from "type-graphql";
import { z } from "zod";
import { isRowId, label, text } from "../input.js";
import { passwordLength } from "./auth.js";
import { KeyScope, UserRole } from "./types.js";

@InputType({ description: "An account to create." })
export class CreateUserInput {
  @Field(() => String, { description: "The e-mail address that it signs in with." })
  email!: string;

  @Field(() => String, { description: "The person's name, 1 to 100 characters." })
  name!: string;

  @Field(() => String, { description: "The password, 10 to 128 characters." })
  password!: string;

  @Field(() => UserRole, { description: "The account's role." })
  role!: UserRole;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the team that it joins; by default that of everyone.",
  })
  teamId?: string | null;
}

@InputType({ description: "An invitation to make." })
export class InviteMemberInput {
  @Field(() => String, { description: "The e-mail address that is invited." })
  email!: string;

  @Field(() => UserRole, { description: "The role that the account gets." })
  role!: UserRole;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the team that it joins; by default that of everyone.",
  })
  teamId?: string | null;
}

@InputType({ description: "An invitation to accept, which makes an account." })
export class AcceptInvitationInput {
  @Field(() => String, { description: "The secret of the invitation's link." })
  secret!: string;

  @Field(() => String, { description: "The person's name, 1 to 100 characters." })
  name!: string;

  @Field(() => String, { description: "The password, 10 to 128 characters." })
  password!: string;
}

@InputType({ description: "An API key to create." })
export class CreateApiKeyInput {
  @Field(() => String, { description: "A name to know it by, 1 to 100 characters." })
  name!: string;

  @Field(() => [KeyScope], { description: "The parts of the API that it may use, one or more." })
  scopes!: KeyScope[];

  @Field(() => Int, {
    nullable: true,
    description: "The days until it ends, 1 to 3650. Null for never.",
  })
  expiresInDays?: number | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the account that it acts for; by default one's own. For administrators.",
  })
  userId?: string | null;
}

const email = text(254)
  .toLowerCase()
  .refine((value) => z.email().safeParse(value).success, {
    error: "it is not an e-mail address",
    when: whenValid,
  });
const name = label(100).min(1, "it is empty");
const password = z
  .string()
  .min(passwordLength.min, `it has fewer than ${passwordLength.min} characters`)
  .max(passwordLength.max, `it has more than ${passwordLength.max} characters`);
const rowId = z.string().refine(isRowId, { error: "it is no id", when: whenValid });

export const createUserSchema = z.object({
  email,
  name,
  password,
  role: z.enum(UserRole),
  teamId: rowId.nullish(),
});

export const inviteMemberSchema = z.object({
  email,
  role: z.enum(UserRole),
  teamId: rowId.nullish(),
});

export const acceptInvitationSchema = z.object({ secret: text(200), name, password });

export const createApiKeySchema = z.object({
  name,
  scopes: z.array(z.enum(KeyScope)).min(1, "it is empty").max(20, "it is too long"),
  expiresInDays: z.int().min(1, "it is below 1").max(3650, "it is above 3650").nullish(),
  userId: rowId.nullish(),
});

export const teamNameSchema = name;
export { name as personNameSchema };
/** A schema for the name of a text folder, one level below OPNAS_TEXT_DIR. */
export const textNameSchema = label(200)
  .min(1, "it is empty")
  .refine((value) => !/[/\\]/.test(value), {
    error: "it is not the name of one folder",
    when: whenValid,
  });
export { rowId as rowIdSchema };
