import { Field, ID, ObjectType } from "type-graphql";

@ObjectType({ description: "A browser in which one's own account is signed in." })
export class Session {
  @Field(() => ID, { description: "The session's id, which is no secret." })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: "The browser's name as it sent it (User-Agent), if it did.",
  })
  userAgent!: string | null;

  @Field(() => String, { nullable: true, description: "The address that it signed in from." })
  ipAddress!: string | null;

  @Field(() => Date, { description: "The time at which it signed in." })
  createdAt!: Date;

  @Field(() => Date, { description: "The time at which it ends." })
  expiresAt!: Date;

  @Field(() => Boolean, { description: "True for the session of this request." })
  current!: boolean;
}
