import { expect, test } from "vitest";
import { localLimits, readSettings } from "./settings.js";

const DATABASE_URL = "postgres://postgres@127.0.0.1:5432/opnas";

test("only the database has no default", () => {
  expect(readSettings({ DATABASE_URL })).toEqual({
    databaseUrl: DATABASE_URL,
    host: "127.0.0.1",
    port: 4000,
    webPort: 3000,
    publicUrl: undefined,
    dataFolder: ".data",
    artifacts: { kind: "folder", folder: ".data/artifacts" },
    textFolder: undefined,
    identity: {
      mode: "local",
      secret: undefined,
      localToken: "others",
      dataFolder: undefined,
      trustedProxies: [],
      oidc: undefined,
    },
    limits: localLimits,
    webhooks: {
      allowPrivate: false,
      smtpUrl: undefined,
      mailFrom: "opnas@localhost.localdomain",
    },
  });
});

test("a server that others reach limits each user, unless that is turned off", () => {
  const limits = (environment: Record<string, string>) =>
    readSettings({
      DATABASE_URL,
      OPNAS_HOST: "0.0.0.0",
      OPNAS_AUTH: "accounts",
      OPNAS_AUTH_SECRET: "s".repeat(32),
      ...environment,
    }).limits;
  expect(limits({})).toEqual({
    ...localLimits,
    operationsPerMinute: 6_000,
    subscriptions: 500,
    runs: { ofUser: 20, ofTeam: 100 },
  });
  const set = { OPNAS_SUBSCRIPTION_LIMIT: "7", OPNAS_USER_RUNS: "off", OPNAS_TEAM_RUNS: "9" };
  expect(limits({ OPNAS_RATE_LIMIT: "off", ...set })).toEqual({
    ...localLimits,
    subscriptions: 7,
    runs: { ofUser: null, ofTeam: 9 },
  });
  expect(limits({ OPNAS_INTROSPECTION: "off", OPNAS_RATE_LIMIT_STORE: "postgres" })).toMatchObject({
    introspection: false,
    rateLimitStore: "postgres",
  });
});

test("a public address has no slash at its end, and an empty variable counts as unset", () => {
  const publicUrl = (url: string) =>
    readSettings({ DATABASE_URL, OPNAS_PUBLIC_URL: url, OPNAS_HOST: "" }).publicUrl;
  expect(publicUrl("https://nas.example:443/")).toBe("https://nas.example");
  expect(publicUrl("https://lab.example/tools/nas/")).toBe("https://lab.example/tools/nas");
  expect(publicUrl("")).toBeUndefined();
});

test.each([
  [{}, "DATABASE_URL must be set to an address like postgres://user:password@host:5432/database."],
  [
    { DATABASE_URL: "mysql://localhost/x" },
    "DATABASE_URL must be set to an address like postgres://user:password@host:5432/database.",
  ],
  [{ DATABASE_URL, OPNAS_API_PORT: "http" }, "OPNAS_API_PORT must be a port number."],
  [{ DATABASE_URL, OPNAS_API_PORT: "1.5" }, "OPNAS_API_PORT must be a whole number."],
  [{ DATABASE_URL, OPNAS_WEB_PORT: "70000" }, "OPNAS_WEB_PORT must be 0 to 65535."],
  [
    { DATABASE_URL, OPNAS_LOG_LEVEL: "loud" },
    "OPNAS_LOG_LEVEL must be one of fatal, error, warn, info, debug, trace.",
  ],
  [
    { DATABASE_URL, OPNAS_RATE_LIMIT: "0" },
    "OPNAS_RATE_LIMIT must be off, or the most operations of one user a minute.",
  ],
  [
    { DATABASE_URL, OPNAS_SUBSCRIPTION_LIMIT: "many" },
    "OPNAS_SUBSCRIPTION_LIMIT must be off, or the most subscriptions of one user.",
  ],
  [{ DATABASE_URL, OPNAS_INTROSPECTION: "no" }, "OPNAS_INTROSPECTION must be on or off."],
  [{ DATABASE_URL, OPNAS_QUERY_SECONDS: "0" }, "OPNAS_QUERY_SECONDS must be 1 to 300."],
  [{ DATABASE_URL, OPNAS_HOST: "everywhere" }, "OPNAS_HOST must be an IP address."],
  [
    { DATABASE_URL, OPNAS_SMTP_URL: "mail.example" },
    "OPNAS_SMTP_URL must be a mail server like smtps://user:password@mail.example.org.",
  ],
  [
    { DATABASE_URL, OPNAS_WEBHOOKS_PRIVATE: "yes" },
    "OPNAS_WEBHOOKS_PRIVATE must be 1 to let webhooks call private addresses, or 0.",
  ],
  [
    { DATABASE_URL, OPNAS_PUBLIC_URL: "nas.example" },
    "OPNAS_PUBLIC_URL must be an address like https://nas.example.org or https://example.org/nas.",
  ],
  ...[
    "https://nas.example/a?b",
    "https://nas.example/#a",
    "https://u@nas.example",
    "https://e/%2f",
  ].map((OPNAS_PUBLIC_URL): [NodeJS.ProcessEnv, string] => [
    { DATABASE_URL, OPNAS_PUBLIC_URL },
    "OPNAS_PUBLIC_URL must be an address like https://nas.example.org or https://example.org/nas.",
  ]),
])("%j is refused: %s", (environment, sentence) => {
  expect(() => readSettings(environment)).toThrow(
    expect.objectContaining({ code: "BAD_SETTING", message: sentence }),
  );
});
