import { Argument, Command } from "commander";
import { print } from "./output.js";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** A command with its words, options and subcommands, as a shell completes them. */
interface Completed {
  /** Words after `opnas` that lead to the command, joined by spaces. */
  path: string;
  subcommands: { name: string; description: string }[];
  options: { long: string; description: string }[];
}

/** Builds the command that prints a script which completes `opnas` in a shell. */
export function completionCommand(program: Command): Command {
  return new Command("completion")
    .description("print a script that completes opnas in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  opnas completion bash >> ~/.bashrc
  opnas completion zsh > "\${fpath[1]}/_opnas"
  opnas completion fish > ~/.config/fish/completions/opnas.fish`,
    )
    .action((shell: Shell) => print(completionScript(program, shell)));
}

/** Returns the script that completes a program's commands and options in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = listCommands(program, "");
  if (shell === "fish") return fishScript(commands);
  const script = bashScript(commands);
  return shell === "bash"
    ? script
    : `#compdef opnas\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function listCommands(command: Command, path: string): Completed[] {
  const subcommands = command.commands.map((each) => ({
    name: each.name(),
    description: each.description(),
  }));
  const options = command.options.flatMap(({ long, description }) =>
    long === undefined ? [] : [{ long, description }],
  );
  const below = command.commands.flatMap((each) =>
    listCommands(each, `${path} ${each.name()}`.trim()),
  );
  return [{ path, subcommands, options }, ...below];
}

/** Completes by the words before the cursor that are no options; bash and, in its mode for bash, zsh. */
function bashScript(commands: readonly Completed[]): string {
  const cases = commands.map(({ path, subcommands, options }) => {
    const words = [...subcommands.map(({ name }) => name), ...options.map(({ long }) => long)];
    return `    ${quoted(path)}) words=${quoted([...words, "--help"].join(" "))} ;;`;
  });
  const paths = commands.map(({ path }) => quoted(path)).join("|");
  return `_opnas() {
  local current=\${COMP_WORDS[COMP_CWORD]} path="" next word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in ${paths}) path=$next ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _opnas opnas`;
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, subcommands, options }) => {
    const words = path === "" ? [] : path.split(" ");
    const names = subcommands.map(({ name }) => name).join(" ");
    const isAt = [
      ...words.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(names === "" ? [] : [`not __fish_seen_subcommand_from ${names}`]),
    ].join("; and ");
    const condition = isAt === "" ? "" : ` -n ${fishQuoted(isAt)}`;
    return [
      ...subcommands.map(
        ({ name, description }) =>
          `complete -c opnas -f${condition} -a ${name} -d ${fishQuoted(description)}`,
      ),
      ...options.map(
        ({ long, description }) =>
          `complete -c opnas${condition} -l ${long.replace(/^--/, "")} -d ${fishQuoted(description)}`,
      ),
    ];
  });
  return lines.join("\n");
}

/** Quotes a text for fish, whose quoted texts know a backslash before a quote. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** Quotes a text for bash and zsh, so that nothing in it is expanded. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
