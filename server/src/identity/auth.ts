import { randomBytes, randomUUID } from "node:crypto";
import { addMember, type Database, takeInvitationOf } from "@opnas/prisma";
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { z } from "zod";
import { basePath, type Portal, portalOrigins, portalUrl } from "../http/origin.js";
import type { Log } from "../log.js";
import type { IdentitySettings } from "./settings.js";
import { singleSignOn } from "./singleSignOn.js";

/** The path at which people sign in and out; a proxy passes it on to the API, as it does /graphql. */
export const authPath = "/auth";

/** The fewest and most characters of a password. */
export const passwordLength = { min: 10, max: 128 };

/** The header in which serve.ts tells better-auth the caller's address; one of a caller is replaced. */
export const callerAddressHeader = "x-opnas-caller";

/** The parts of an error of better-auth, or of a provider (RFC 6749, section 5.2), that say why. */
const reasonSchema = z.looseObject({
  error: z.string().optional(),
  error_description: z.string().optional(),
  message: z.string().optional(),
});

/** Returns the reasons among what better-auth tells its log beside the sentence, and no secrets. */
function reasons(details: readonly unknown[]): string {
  const known = details.flatMap((each) => {
    const {
      error,
      error_description: description,
      message,
    } = reasonSchema.safeParse(each).data ?? {};
    return [error, description, message].filter((part) => part !== undefined && part !== "");
  });
  return known.length === 0 ? "" : ` (${known.join(": ").slice(0, 500)})`;
}

/** Leaves a provider's tokens out of what is stored, since nothing is asked of it after signing in. */
const noTokens = {
  accessToken: null,
  refreshToken: null,
  idToken: null,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
};

/**
 * Creates better-auth over the platform's own tables: passwords, sessions and single sign-on. Nobody can
 * register: accounts are made by administrators, by invitations, or by the provider.
 */
export function createAuth(
  database: Database,
  settings: IdentitySettings,
  portal: Portal,
  log: Log,
) {
  const { oidc } = settings;
  return betterAuth({
    appName: "OP-NAS",
    basePath: authPath,
    ...(portal.publicUrl === undefined ? {} : { baseURL: `${portal.publicUrl}${authPath}` }),
    secret: settings.secret ?? randomBytes(32).toString("hex"),
    database: prismaAdapter(database, { provider: "postgresql" }),
    trustedOrigins: (request) => [
      ...portalOrigins(portal),
      ...(request === undefined ? [] : [new URL(request.url).origin]),
    ],
    telemetry: { enabled: false },
    // GraphQL renames an account, with the checks of every name and an entry in the audit log.
    disabledPaths: ["/update-user"],
    logger: {
      level: "error",
      log: (_level, message, ...details: unknown[]) =>
        log.error(`Sign-in: ${message}${reasons(details)}`),
    },
    // A person whose sign-in at the provider fails comes back to the portal, which says why.
    onAPIError: { errorURL: `${portalUrl(portal)}/sign-in` },
    account: { updateAccountOnSignIn: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    user: { changeEmail: { enabled: false }, deleteUser: { enabled: false } },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: { "/sign-in/*": { window: 60, max: 20 } },
    },
    advanced: {
      useSecureCookies: portal.publicUrl?.startsWith("https:") === true,
      cookiePrefix: "opnas",
      ipAddress: { ipAddressHeaders: [callerAddressHeader] },
      database: { generateId: () => randomUUID() },
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true, path: basePath(portal) || "/" },
    },
    databaseHooks: {
      account: {
        create: {
          before: (account) => Promise.resolve({ data: { ...account, ...noTokens } }),
        },
      },
      session: {
        create: {
          // A disabled account signs in nowhere.
          before: async ({ userId }) => {
            const where = { id: userId, disabledAt: null };
            return (await database.user.count({ where })) > 0 ? undefined : false;
          },
        },
      },
      user: {
        create: {
          // Who comes from the provider and was invited gets the invitation's role and team.
          after: async ({ id, email, emailVerified }) => {
            if (!emailVerified) return;
            const taken = await database.$transaction(async (tx) => {
              const invitation = await takeInvitationOf(tx, email);
              if (invitation === null) return null;
              await tx.user.update({ where: { id }, data: { role: invitation.role } });
              return invitation;
            });
            if (taken !== null) await addMember(database, taken.teamId, id);
          },
        },
      },
    },
    plugins: oidc === undefined ? [] : [singleSignOn(oidc)],
  });
}

/** Better-auth as the server uses it. */
export type Auth = ReturnType<typeof createAuth>;
