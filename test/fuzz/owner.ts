import { createHmac } from "node:crypto";
import { z } from "zod";

const answerForm = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

const idForm = z.object({ id: z.string() });

/** An account of a team, with an API key that may do all that the account may. */
export interface Member {
  id: string;
  email: string;
  key: string;
}

/** The password of every account. */
const password = "a password of the hostile requests";

/** The machine's owner, who sets accounts and teams up over the API as an administrator does. */
export class Owner {
  private readonly url: string;
  private readonly token: string;

  constructor(url: string, secret: string) {
    this.url = url;
    this.token = createHmac("sha256", secret).update("owner").digest("hex");
  }

  /** Sends an operation that must succeed and returns one of its fields. @throws Error */
  async ask<T>(
    form: z.ZodType<T>,
    field: string,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = answerForm.parse(await response.json());
    if (errors !== undefined) throw new Error(`${query}: ${errors[0]?.message ?? ""}`);
    return form.parse(data?.[field]);
  }

  /** Creates a team and returns its id. */
  async team(name: string): Promise<string> {
    const query = "mutation ($name: String!) { createTeam(name: $name) { id } }";
    return (await this.ask(idForm, "createTeam", query, { name })).id;
  }

  /** Creates an account of a team. */
  async member(teamId: string, role: string, name: string): Promise<Member> {
    const email = `${name}@example.org`;
    const query = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
    const input = { email, name, password, role, teamId };
    const { id } = await this.ask(idForm, "createUser", query, { input });
    return { id, email, key: await this.key(id, name) };
  }

  /** Creates an API key of an account and returns its secret. */
  async key(userId: string, name: string): Promise<string> {
    const query =
      "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";
    const input = { userId, name, scopes: ["READ", "WRITE", "ADMIN"] };
    const form = z.object({ secret: z.string() });
    return (await this.ask(form, "createApiKey", query, { input })).secret;
  }

  /** Signs an account in as a browser does. @returns its cookie */
  async signIn(email: string): Promise<string> {
    const response = await fetch(`${this.url}/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: this.url },
      body: JSON.stringify({ email, password }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (!response.ok || cookie === undefined) throw new Error(await response.text());
    return cookie.split(";")[0] ?? "";
  }
}
