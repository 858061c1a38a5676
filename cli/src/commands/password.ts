import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { CliError, exitCodes } from "../api/error.js";
import { say } from "./output.js";

/** Draws a password of 128 bits. */
export function drawPassword(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * Reads a password from the terminal, which does not show it, or from standard input where that is no
 * terminal: there it is the first line.
 * @throws CliError when none is given
 */
export async function readPassword(question: string): Promise<string> {
  const { stdin } = process;
  const given = stdin.isTTY ? await hiddenLine(question) : await text(stdin);
  const [password = ""] = given.split(/\r?\n/);
  if (password === "") throw new CliError("No password was given.", exitCodes.usage);
  return password;
}

/** Reads a line of the terminal key by key, which leaves it to this program to show them. */
function hiddenLine(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(`${question}: `);
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = () => {
      stdin.off("data", onKeys);
      stdin.setRawMode(false);
      stdin.pause();
      say("");
    };
    const onKeys = (keys: Buffer) => {
      for (const key of keys.toString("utf8")) {
        if (key === "\u0003" || key === "\u0004") {
          end();
          reject(new CliError("Interrupted.", exitCodes.usage));
          return;
        }
        if (key === "\r" || key === "\n") {
          end();
          resolve(typed);
          return;
        }
        typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on("data", onKeys);
  });
}
