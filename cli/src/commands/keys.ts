import { hostname } from "node:os";
import { Command, Option } from "commander";
import { z } from "zod";
import {
  apiKeysDocument,
  createApiKeyDocument,
  revokeApiKeyDocument,
  viewerDocument,
} from "../api/accounts.js";
import { Api } from "../api/client.js";
import { saveToken } from "../api/token.js";
import { userIdOf } from "./accounts.js";
import { positiveNumber } from "./optionValues.js";
import { print, say, table } from "./output.js";
import { readPassword } from "./password.js";

const scopes = { read: "READ", write: "WRITE", admin: "ADMIN" } as const;
const scopesSchema = z.array(z.enum(["read", "write", "admin"]));

/** Days for which a key of `opnas login` is valid. */
const loginDays = 90;

/** Builds the commands about API keys and signing in; `connect` gives the API to ask. */
export function keyCommands(connect: (command: Command) => Api): Command[] {
  const list = new Command("list").description("your API keys").action(async function (
    this: Command,
  ) {
    const { apiKeys } = await connect(this).request(apiKeysDocument, {});
    const rows = apiKeys.map((each) => [
      each.id,
      each.name,
      `${each.start}…`,
      each.scopes.join(" ").toLowerCase(),
      each.revokedAt === null ? (each.expiresAt ?? "never ends") : "revoked",
      each.lastUsedAt ?? "",
    ]);
    print(table(["key", "name", "secret", "scopes", "until", "last used"], rows));
  });
  const create = new Command("create")
    .description("create an API key and print its secret, which is shown this once")
    .argument("<name>", "a name to know it by")
    .addOption(
      new Option("--scopes <scopes...>", "what it may use")
        .choices(Object.keys(scopes))
        .default(["read", "write"]),
    )
    .option("--days <number>", "the days until it ends; by default it does not", positiveNumber)
    .option("--user <email>", "the account that it acts for; for administrators")
    .action(async function (this: Command, name: string) {
      const options = this.opts<{ scopes: string[]; days?: number; user?: string }>();
      const api = connect(this);
      const input = {
        name,
        scopes: scopesSchema.parse(options.scopes).map((scope) => scopes[scope]),
        expiresInDays: options.days ?? null,
        userId: options.user === undefined ? null : await userIdOf(api, options.user),
      };
      print((await api.request(createApiKeyDocument, { input })).createApiKey.secret);
    });
  const revoke = new Command("revoke")
    .description("revoke an API key for good")
    .argument("<key>", "the key's id")
    .action(async function (this: Command, id: string) {
      const { revokeApiKey } = await connect(this).request(revokeApiKeyDocument, { id });
      say(`Revoked the key ${revokeApiKey.name}.`);
    });
  const key = new Command("key").description("API keys");
  for (const command of [list, create, revoke]) key.addCommand(command);
  return [key, ...signInCommands(connect)];
}

function signInCommands(connect: (command: Command) => Api): Command[] {
  const login = new Command("login")
    .description("sign in and keep an API key for this address; --token keeps a key that you have")
    .option("--email <address>", "sign in by password, and create a key for 90 days")
    .action(async function (this: Command) {
      const { email } = this.opts<{ email?: string }>();
      const api = connect(this);
      const token = email === undefined ? api.token : await keyOfLogin(api, email);
      const known = new Api(api.address, token);
      const { viewer } = await known.request(viewerDocument, {});
      if (token !== undefined) saveToken(api.address, token);
      say(`Signed in at ${api.address} as ${viewer?.name ?? "nobody"}.`);
    });
  const logout = new Command("logout")
    .description("forget the key for this address; opnas key revoke ends it")
    .action(function (this: Command) {
      const { address } = connect(this);
      saveToken(address, undefined);
      say(`Forgot the key for ${address}.`);
    });
  const whoami = new Command("whoami")
    .description("who you are to the API, and what you may do")
    .action(async function (this: Command) {
      const { viewer, teams } = await connect(this).request(viewerDocument, {});
      if (viewer === null) return;
      const names = teams.map(({ name }) => name).join(", ");
      const rows = [
        [viewer.name, viewer.role.toLowerCase(), viewer.scopes.join(" ").toLowerCase(), names],
      ];
      print(table(["name", "role", "scopes", "teams"], rows));
    });
  return [login, logout, whoami];
}

/** Signs in by password, creates a key with the session, and signs out again. */
async function keyOfLogin(api: Api, email: string): Promise<string> {
  const password = await readPassword(`Password of ${email}`);
  const session = await api.signIn(email, password);
  const input = {
    name: `opnas on ${hostname()}`.slice(0, 100),
    scopes: Object.values(scopes),
    expiresInDays: loginDays,
    userId: null,
  };
  const { createApiKey } = await session.request(createApiKeyDocument, { input });
  await session.signOut();
  return createApiKey.secret;
}
