import { createHmac, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { OpnasError } from "@opnas/core";
import {
  apiKeyPrefix,
  type Database,
  findApiKey,
  readRights,
  withoutCancellation,
} from "@opnas/prisma";
import { isAPIError } from "better-auth/api";
import { fromNodeHeaders } from "better-auth/node";
import { type Portal, portalUrl } from "../http/origin.js";
import type { Log } from "../log.js";
import { type Auth, createAuth } from "./auth.js";
import { isSameSecret, readLocalToken } from "./localToken.js";
import { type Peer, Peers } from "./peers.js";
import { allScopes, anonymous, localPrincipal, type Principal } from "./principal.js";
import type { IdentitySettings } from "./settings.js";

/** The cookie in which a browser holds the token of this machine. */
export const localCookie = "opnas_local";

/** Signs by which a caller is known: its connection, and the headers of its request. */
export interface Credentials {
  socket: Socket;
  headers: IncomingMessage["headers"];
  /** A secret that stands for the header Authorization, such as that of a WebSocket's first message. */
  bearer?: string | undefined;
}

/** Decides who a caller is. */
export class Identity {
  readonly auth: Auth;
  private readonly peers = new Peers();
  private readonly peerOf = new WeakMap<Socket, Promise<Peer>>();
  private readonly owners: ReadonlySet<number>;
  private readonly ownSecret = randomBytes(32).toString("hex");

  private constructor(
    private readonly database: Database,
    readonly settings: IdentitySettings,
    private readonly token: string | undefined,
    /** The origin of the portal, for links. */
    readonly portalUrl: string,
    auth: Auth,
  ) {
    this.auth = auth;
    // Root reads every file and needs no token; behind sudo stands the account that called it.
    const uids = [0, process.getuid?.(), Number(process.env["SUDO_UID"] ?? "0")];
    this.owners = new Set(uids.filter((uid): uid is number => uid !== undefined));
  }

  /** Reads or derives the owner's token and opens better-auth. @throws OpnasError for a bad data folder */
  static async open(
    database: Database,
    settings: IdentitySettings,
    portal: Portal,
    log: Log,
  ): Promise<Identity> {
    const { dataFolder, secret } = settings;
    const token = dataFolder === undefined ? ownerToken(secret) : await readLocalToken(dataFolder);
    const auth = createAuth(database, settings, portal, log);
    return new Identity(database, settings, token, portalUrl(portal), auth);
  }

  /**
   * Derives a key for signatures from the secret that all API processes at one address share; one that
   * has none signs with a key of its own.
   * @param purpose tells keys apart
   */
  keyFor(purpose: string): string {
    const secret = this.settings.secret ?? this.token ?? this.ownSecret;
    return createHmac("sha256", secret).update(purpose).digest("hex");
  }

  /** Prepares telling accounts of this machine apart, once the server listens. */
  async listening(port: number, host: string): Promise<void> {
    const { mode, localToken } = this.settings;
    if (mode === "local" && localToken === "others") await this.peers.probe(port, host);
  }

  /** Looks at a new connection at once: its other end may be gone by its first request. */
  connected(socket: Socket): void {
    const { mode, localToken } = this.settings;
    if (mode === "local" && localToken === "others") this.peerOf.set(socket, this.peers.of(socket));
  }

  /** Finds out who a caller is; one who shows nothing valid is anonymous, with the reason. */
  async principalOf(credentials: Credentials): Promise<Principal> {
    const bearer = credentials.bearer ?? bearerOf(credentials.headers.authorization);
    if (bearer !== undefined) return this.ofBearer(bearer);
    return this.settings.mode === "local"
      ? this.ofThisMachine(credentials)
      : this.ofSession(credentials);
  }

  /** Reports whether a text is the token of this machine. */
  isLocalToken(text: string): boolean {
    return this.token !== undefined && isSameSecret(text, this.token);
  }

  private async ofBearer(bearer: string): Promise<Principal> {
    if (this.isLocalToken(bearer)) return localPrincipal;
    if (!bearer.startsWith(apiKeyPrefix)) {
      return anonymous(
        "This token is not known: it is neither an API key nor that of this machine.",
      );
    }
    const key = await findApiKey(this.database, bearer);
    if (key === null) return anonymous("This API key is not known.");
    if (key.state !== "valid")
      return anonymous(`This API key is ${key.state}: create another one.`);
    const { account, id, scopes, expiresAt } = key;
    if (account.disabledAt !== null) return anonymous(`The account ${account.email} is disabled.`);
    return {
      kind: "API_KEY",
      id: `key:${id}`,
      name: account.email,
      userId: account.id,
      role: account.role,
      scopes,
      teamIds: account.role === "ADMIN" ? undefined : account.teamIds,
      expiresAt: expiresAt ?? undefined,
      problem: undefined,
    };
  }

  private async ofSession({ headers }: Credentials): Promise<Principal> {
    const problem = "Sign in first, or send an API key as Authorization: Bearer KEY.";
    if (headers.cookie === undefined) return anonymous(problem);
    const found = await this.sessionOf(fromNodeHeaders(headers));
    if (found === null) return anonymous(problem);
    const account = await readRights(this.database, found.user.id);
    if (account === null || account.disabledAt !== null) return anonymous(problem);
    return {
      kind: "USER",
      id: `user:${account.id}`,
      name: account.email,
      userId: account.id,
      role: account.role,
      scopes: allScopes,
      teamIds: account.role === "ADMIN" ? undefined : account.teamIds,
      expiresAt: found.session.expiresAt,
      problem: undefined,
    };
  }

  /**
   * Looks a session up. Better-auth makes any failure of the database an error of its own without a
   * cause, so a client that leaves must not end this look-up, and what does fail can be tried again.
   * @throws OpnasError `DATABASE_BUSY`
   */
  private async sessionOf(headers: Headers) {
    try {
      const query = { disableRefresh: true };
      return await withoutCancellation(() => this.auth.api.getSession({ headers, query }));
    } catch (error) {
      if (!isAPIError(error) || error.statusCode < 500) throw error;
      const message = "The session could not be looked up in the database. Try again in a moment.";
      throw new OpnasError("DATABASE_BUSY", message, { cause: error });
    }
  }

  private async ofThisMachine({ socket, headers }: Credentials): Promise<Principal> {
    const { localToken } = this.settings;
    if (localToken === "off") return localPrincipal;
    const cookie = cookieOf(headers.cookie, localCookie);
    if (cookie !== undefined && this.isLocalToken(cookie)) return localPrincipal;
    const how =
      "send the token of the file api-token in its data folder, as Authorization: Bearer TOKEN";
    if (localToken === "required") return anonymous(`This API asks for a token: ${how}.`);
    const peer = await (this.peerOf.get(socket) ?? this.peers.of(socket));
    if (peer === "unknown" || (peer !== "gone" && this.owners.has(peer))) return localPrincipal;
    return anonymous(`This API belongs to another account of this machine: ${how}.`);
  }
}

/**
 * Derives the owner's token from the secret of the accounts, for servers that have no data folder, such as
 * several in a cluster: who knows that secret could sign any session anyway.
 */
function ownerToken(secret: string | undefined): string | undefined {
  if (secret === undefined) return undefined;
  return createHmac("sha256", secret).update("owner").digest("hex");
}

function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^bearer +(.*)$/i.exec(authorization)?.[1];
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? "").split(";").map((each) => each.trim());
  return pairs.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}
