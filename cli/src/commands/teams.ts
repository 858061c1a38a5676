import { Command } from "commander";
import {
  addTeamMemberDocument,
  createTeamDocument,
  deleteTeamDocument,
  leaveTeamDocument,
  removeTeamMemberDocument,
  renameTeamDocument,
  teamsDocument,
} from "../api/accounts.js";
import type { Api } from "../api/client.js";
import { userIdOf } from "./accounts.js";
import { print, say, table } from "./output.js";

/** Builds the commands about teams; `connect` gives the API to ask. */
export function teamCommands(connect: (command: Command) => Api): Command[] {
  const list = new Command("list").description("your teams").action(async function (this: Command) {
    const { teams } = await connect(this).request(teamsDocument, {});
    const rows = teams.map(({ id, name, members }) => [
      id,
      name,
      members.map(({ email }) => email).join(", "),
    ]);
    print(table(["team", "name", "members"], rows));
  });
  const create = new Command("create")
    .description("create a team")
    .argument("<name>", "its name")
    .action(async function (this: Command, name: string) {
      const { createTeam } = await connect(this).request(createTeamDocument, { name });
      print(createTeam.id);
    });
  const rename = new Command("rename")
    .description("give a team another name")
    .argument("<team>", "the team's id")
    .argument("<name>", "the new name")
    .action(async function (this: Command, teamId: string, name: string) {
      const { renameTeam } = await connect(this).request(renameTeamDocument, { teamId, name });
      print(`${teamId}: ${renameTeam.name}`);
    });
  const remove = new Command("delete")
    .description("delete a team with its memberships, invitations, webhooks and saved views")
    .argument("<team>", "the team's id")
    .option(
      "--transfer-to <team>",
      "the id of the team that gets its runs, texts and reference models",
    )
    .addHelpText("after", "\nA team that owns runs or texts is deleted only with --transfer-to.")
    .action(async function (this: Command, teamId: string) {
      const { transferTo = null } = this.opts<{ transferTo?: string }>();
      await connect(this).request(deleteTeamDocument, { teamId, transferTo });
      say(`Deleted the team ${teamId}.`);
    });
  const leave = new Command("leave")
    .description("leave a team, whose runs you then no longer see")
    .argument("<team>", "the team's id")
    .action(async function (this: Command, teamId: string) {
      await connect(this).request(leaveTeamDocument, { teamId });
      say(`You are no longer in the team ${teamId}.`);
    });
  const add = new Command("add")
    .description("add an account to a team")
    .argument("<team>", "the team's id")
    .argument("<email>", "the account's e-mail address")
    .action(async function (this: Command, teamId: string, email: string) {
      const api = connect(this);
      const userId = await userIdOf(api, email);
      const { addTeamMember } = await api.request(addTeamMemberDocument, { teamId, userId });
      say(`${email} is in ${addTeamMember.name} now.`);
    });
  const takeOut = new Command("remove")
    .description("take an account out of a team")
    .argument("<team>", "the team's id")
    .argument("<email>", "the account's e-mail address")
    .action(async function (this: Command, teamId: string, email: string) {
      const api = connect(this);
      const userId = await userIdOf(api, email);
      const { removeTeamMember } = await api.request(removeTeamMemberDocument, { teamId, userId });
      say(`${email} is no longer in ${removeTeamMember.name}.`);
    });
  const team = new Command("team").description("teams");
  for (const command of [list, create, rename, remove, add, takeOut, leave]) {
    team.addCommand(command);
  }
  return [team];
}
