import { Command } from "commander";
import { CliError, exitCodes } from "../api/error.js";
import { checkedAddress } from "../connection/connect.js";
import {
  chosenProfile,
  type Profiles,
  profilesFile,
  readProfiles,
  writeProfiles,
} from "../connection/profiles.js";
import { print, printTable } from "./output.js";

/** Builds the command `profile`, which keeps the addresses and tokens of several servers. */
export function profileCommand(): Command {
  const add = new Command("add")
    .description("give a server a name; the first one is used from then on")
    .argument("<name>", "a name of letters, digits, dots and dashes")
    .argument("<address>", "its GraphQL API, e.g. https://nas.example.org/graphql")
    .action(function (this: Command, name: string, address: string) {
      if (!/^[\w.-]{1,50}$/.test(name) || name === "__proto__") {
        const message = `${name}: a name is 1 to 50 letters, digits, dots and dashes.`;
        throw new CliError(message, exitCodes.usage);
      }
      const { token } = this.optsWithGlobals<{ token?: string }>();
      const given = token ?? (process.env["OPNAS_TOKEN"] || undefined);
      const profile = { api: checkedAddress(address, "address"), ...(given && { token: given }) };
      change((all) => ({
        current: all.current ?? name,
        profiles: { ...all.profiles, [name]: profile },
      }));
      print(`${name}: ${address}${given === undefined ? "" : ", with a token"}`);
    });
  const use = new Command("use")
    .description("choose the server that commands ask where none is named")
    .argument("<name>", "the profile's name")
    .action((name: string) => {
      change((all) => {
        chosenProfile(all, name);
        return { ...all, current: name };
      });
      print(`${name} is used from now on.`);
    });
  const list = new Command("list").description("all servers with a name").action(() => {
    const { current, profiles } = readProfiles(profilesFile());
    const rows = Object.entries(profiles).map(([name, { api, token }]) => [
      name === current ? "*" : "",
      name,
      api,
      token === undefined ? "" : "has a token",
    ]);
    printTable(["", "profile", "address", ""], rows);
  });
  const remove = new Command("remove")
    .description("forget a server and its token")
    .argument("<name>", "the profile's name")
    .action((name: string) => {
      change((all) => {
        chosenProfile(all, name);
        const profiles = Object.entries(all.profiles).filter(([each]) => each !== name);
        const current = all.current === name ? {} : { current: all.current };
        return { ...current, profiles: Object.fromEntries(profiles) };
      });
      print(`${name} is forgotten.`);
    });
  const command = new Command("profile").description("names of servers, with their tokens");
  for (const each of [add, use, list, remove]) command.addCommand(each);
  return command.addHelpText(
    "after",
    `
Examples:
  OPNAS_TOKEN=… opnas profile add team https://nas.example.org/graphql
  opnas --profile team leaderboard
The file is ${profilesFile()}, which only you may read.`,
  );
}

function change(edit: (profiles: Profiles) => Profiles): void {
  const file = profilesFile();
  writeProfiles(file, edit(readProfiles(file)));
}
