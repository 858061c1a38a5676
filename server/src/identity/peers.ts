import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, isIPv4, type Socket } from "node:net";
import { endianness } from "node:os";

/** The account at the other end of a connection: its number, or why that is not known. */
export type Peer = number | "unknown" | "gone";

/** The columns of a row of /proc/net/tcp that are read here, counted from the local address. */
const uidColumn = 6;
const inodeColumn = 8;

/**
 * Finds which account of this machine holds the other end of a loopback connection, from the table of
 * connections that Linux keeps. Connections that arrive while the table is read share the next reading,
 * so that many at once cost one.
 */
export class Peers {
  private reading: Promise<string> | undefined;
  private next: Promise<string> | undefined;
  private usable = false;

  /**
   * Tries the look-up on a connection to the server itself: only where that gives this process' own
   * account are peers told apart.
   */
  async probe(port: number, host: string): Promise<void> {
    const client = connect(port, host);
    try {
      await once(client, "connect");
      const table = await this.table();
      const local = { address: client.localAddress, port: client.localPort };
      const remote = { address: client.remoteAddress, port: client.remotePort };
      this.usable = ownerIn(table, local, remote) === process.getuid?.();
    } catch {
      this.usable = false; // a system without the table
    } finally {
      client.destroy();
    }
  }

  /** Looks up the account at the other end of a connection that this process accepted. */
  async of(socket: Socket): Promise<Peer> {
    if (!this.usable) return "unknown";
    const local = { address: socket.remoteAddress, port: socket.remotePort };
    const remote = { address: socket.localAddress, port: socket.localPort };
    return ownerIn(await this.table(), local, remote) ?? "gone";
  }

  /** Reads the table at a time after the call. */
  private table(): Promise<string> {
    if (this.reading === undefined) {
      const reading = readTable().finally(() => (this.reading = undefined));
      this.reading = reading;
      return reading;
    }
    this.next ??= this.reading
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.table();
      });
    return this.next;
  }
}

/** Reads the tables of TCP over IPv4 and IPv6; a client may call an IPv4 address through the latter. */
async function readTable(): Promise<string> {
  const files = ["/proc/net/tcp", "/proc/net/tcp6"];
  const tables = await Promise.allSettled(files.map((file) => readFile(file, "latin1")));
  return tables.map((table) => (table.status === "fulfilled" ? table.value : "")).join("\n");
}

/** An end of a connection. */
interface End {
  address: string | undefined;
  port: number | undefined;
}

/**
 * Returns the account of the socket between these ends. A socket that its process has closed has no
 * inode, and the table then says account 0 of whoever had it: it counts as gone.
 */
function ownerIn(table: string, local: End, remote: End): number | undefined {
  const [one, other] = [endInTable(local), endInTable(remote)];
  if (one === undefined || other === undefined) return undefined;
  for (const prefix of isIPv4(local.address ?? "") ? ["", mappedPrefix] : [""]) {
    const found = table.indexOf(` ${prefix}${one} ${prefix}${other} `);
    if (found === -1) continue;
    const [row = ""] = table.slice(found + 1).split("\n", 1);
    const columns = row.split(/ +/);
    return columns[inodeColumn] === "0" ? undefined : Number(columns[uidColumn]);
  }
  return undefined;
}

/** The first 12 bytes of an IPv4 address as the table of IPv6 has it. */
const mappedPrefix = "0000000000000000FFFF0000";

/** Writes an end as the table has it: each 32 bits of the address in the machine's order of bytes. */
function endInTable({ address, port }: End): string | undefined {
  if (address === undefined || port === undefined) return undefined;
  const bytes = isIPv4(address)
    ? address.split(".").map(Number)
    : address === "::1"
      ? loopback6
      : [];
  if (bytes.length === 0) return undefined;
  const words = Array.from({ length: bytes.length / 4 }, (_, index) => {
    const word = bytes.slice(4 * index, 4 * index + 4);
    return Buffer.from(endianness() === "LE" ? word.reverse() : word).toString("hex");
  });
  return `${words.join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}

const loopback6 = [...Array.from({ length: 15 }, () => 0), 1];
