import { Command, Option } from "commander";
import {
  createUserDocument,
  disableUserDocument,
  invitationsDocument,
  inviteDocument,
  setRoleDocument,
  usersDocument,
  withdrawDocument,
} from "../api/accounts.js";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { drawPassword, readPassword } from "./password.js";
import { print, say, table } from "./output.js";

const roles = { viewer: "VIEWER", researcher: "RESEARCHER", admin: "ADMIN" } as const;
type RoleName = keyof typeof roles;

const roleOption = () =>
  new Option("--role <role>", "what it may do").choices(Object.keys(roles)).default("researcher");

/** Builds the commands about accounts; `connect` gives the API to ask. */
export function accountCommands(connect: (command: Command) => Api): Command[] {
  const create = new Command("create")
    .description("create an account; on the API's own machine also the first administrator")
    .requiredOption("--email <address>", "the address that it signs in with")
    .option("--name <name>", "the person's name; by default that of the address")
    .option("--admin", "short for --role admin")
    .addOption(roleOption())
    .option("--team <id>", "the team that it joins; by default that of everyone")
    .option("--password-prompt", "ask for the password, or read it from standard input")
    .action(async function (this: Command) {
      const options = this.opts<{
        email: string;
        name?: string;
        admin?: true;
        role: RoleName;
        team?: string;
        passwordPrompt?: true;
      }>();
      const { email, passwordPrompt } = options;
      const password = passwordPrompt ? await readPassword("Password") : drawPassword();
      const { createUser } = await connect(this).request(createUserDocument, {
        input: {
          email,
          name: options.name ?? email.replace(/@.*/, ""),
          password,
          role: options.admin ? "ADMIN" : roles[options.role],
          teamId: options.team ?? null,
        },
      });
      say(`Created ${createUser.email} (${createUser.role.toLowerCase()}).`);
      if (passwordPrompt) return;
      say("Its password, which is shown this once:");
      print(password);
    });

  const list = new Command("list").description("all accounts").action(async function (
    this: Command,
  ) {
    const { users } = await connect(this).request(usersDocument, {});
    const rows = users.map(({ id, email, name, role, disabledAt }) => [
      id,
      email,
      name,
      role.toLowerCase(),
      disabledAt === null ? "" : "disabled",
    ]);
    print(table(["account", "e-mail", "name", "role", ""], rows));
  });

  const role = new Command("role")
    .description("change an account's role")
    .argument("<email>", "its e-mail address")
    .argument("<role>", Object.keys(roles).join(", "))
    .action(async function (this: Command, email: string, given: string) {
      const found = Object.entries(roles).find(([name]) => name === given);
      if (found === undefined) {
        const message = `There is no role ${given}: give ${Object.keys(roles).join(", ")}.`;
        throw new CliError(message, exitCodes.usage);
      }
      const api = connect(this);
      const variables = { userId: await userIdOf(api, email), role: found[1] };
      const { setRole } = await api.request(setRoleDocument, variables);
      say(`${setRole.email} is ${setRole.role.toLowerCase()} now.`);
    });

  const disable = new Command("disable")
    .description("end an account's sessions and keys; --undo makes it usable again")
    .argument("<email>", "its e-mail address")
    .option("--undo", "make it usable again")
    .action(async function (this: Command, email: string) {
      const api = connect(this);
      const disabled = this.opts<{ undo?: true }>().undo !== true;
      const variables = { userId: await userIdOf(api, email), disabled };
      const { disableUser } = await api.request(disableUserDocument, variables);
      say(`${disableUser.email} is ${disableUser.disabledAt === null ? "usable" : "disabled"}.`);
    });

  const invite = new Command("invite")
    .description("make a link at which a person chooses a password; it is valid for seven days")
    .argument("<email>", "the person's e-mail address")
    .addOption(roleOption())
    .option("--team <id>", "the team that the account joins; by default that of everyone")
    .action(async function (this: Command, email: string) {
      const { role, team = null } = this.opts<{ role: RoleName; team?: string }>();
      const input = { email, role: roles[role], teamId: team };
      const { inviteMember } = await connect(this).request(inviteDocument, { input });
      print(inviteMember.link);
    });

  const user = new Command("user").description("accounts");
  for (const command of [create, list, role, disable, invite, ...invitationCommands(connect)]) {
    user.addCommand(command);
  }
  return [user];
}

/** Builds the commands about invitations that were made. */
function invitationCommands(connect: (command: Command) => Api): Command[] {
  const list = new Command("invitations")
    .description("the invitations, the newest first, also those that are over")
    .action(async function (this: Command) {
      const { invitations, teams } = await connect(this).request(invitationsDocument, {});
      const names = new Map(teams.map(({ id, name }) => [id, name]));
      const rows = invitations.map(({ id, email, role, teamId, acceptedAt, expiresAt }) => [
        id,
        email,
        role.toLowerCase(),
        names.get(teamId) ?? teamId,
        acceptedAt === null ? expiresAt : "accepted",
      ]);
      print(table(["invitation", "e-mail", "role", "team", "until"], rows));
    });
  const withdraw = new Command("withdraw")
    .description("withdraw an invitation that nobody has accepted; its link then makes no account")
    .argument("<invitation>", "its id, which opnas user invitations lists")
    .action(async function (this: Command, id: string) {
      const { withdrawInvitation } = await connect(this).request(withdrawDocument, { id });
      say(`The invitation of ${withdrawInvitation.email} is withdrawn.`);
    });
  return [list, withdraw];
}

/** Finds an account by its e-mail address. @throws CliError for an unknown one */
export async function userIdOf(api: Api, email: string): Promise<string> {
  const { users } = await api.request(usersDocument, {});
  const found = users.find((user) => user.email === email.toLowerCase());
  if (found !== undefined) return found.id;
  throw new CliError(`There is no account ${email}.`, exitCodes.usage);
}
