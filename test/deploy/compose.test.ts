import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readSource, root } from "../docs/repository.js";
import { answers, goTool } from "./goTools.js";

const run = promisify(execFile);
const folder = path.join(root, "deploy");

/** The program of the library with which Docker's client reads such files; its package is called cmd. */
const composeGo = {
  name: "compose-go",
  package: "github.com/compose-spec/compose-go/v2/cmd",
  version: "v2.16.2",
};

const serviceSchema = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(z.looseObject({ host_ip: z.string().optional() })).default([]),
  build: z.looseObject({ context: z.string(), target: z.string() }).optional(),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  stop_grace_period: z.string().optional(),
});
const projectSchema = z.looseObject({ services: z.record(z.string(), serviceSchema) });

let services: z.infer<typeof projectSchema>["services"] = {};

beforeAll(async () => {
  services = projectSchema.parse(JSON.parse(await config())).services;
});

/** Reads and checks the file with `docker compose`, or with its library where that is not installed. */
async function config(): Promise<string> {
  if (await answers("docker", ["compose", "version"])) {
    const secrets = {
      POSTGRES_PASSWORD: "p",
      AWS_ACCESS_KEY_ID: "k",
      AWS_SECRET_ACCESS_KEY: "s",
      OPNAS_AUTH_SECRET: "a",
    };
    const args = ["compose", "-f", "compose.yaml", "--profile", "*", "config", "--format", "json"];
    const env = { ...process.env, ...secrets };
    return (await run("docker", args, { cwd: folder, env })).stdout;
  }
  const args = ["-no-interpolation", "-format", "json", "compose.yaml"];
  return (await run(await goTool(composeGo), args, { cwd: folder })).stdout;
}

describe("deploy/compose.yaml", () => {
  test("has every part of the platform", () => {
    expect(Object.keys(services).sort()).toEqual(
      ["bucket", "migrate", "postgres", "server", "store", "web", "worker", "worker-cuda"].sort(),
    );
  });

  test("builds its images from targets of the Dockerfile", () => {
    for (const { build } of Object.values(services)) {
      if (build === undefined) continue;
      expect(path.resolve(folder, build.context)).toBe(path.resolve(root));
      expect(readSource("deploy/Dockerfile")).toContain(` AS ${build.target}\n`);
    }
  });

  test("publishes ports on loopback alone", () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port.host_ip).toBe("127.0.0.1");
  });

  test("gives the portal neither the database nor the store", () => {
    expect(Object.keys(services.web?.environment ?? {}).sort()).toEqual([
      "OPNAS_API_PORT",
      "OPNAS_WEB_PORT",
    ]);
  });

  test("takes images of others by version", () => {
    const others = Object.values(services).filter(({ build }) => build === undefined);
    for (const { image } of others) expect(image).toMatch(/^[\w.]+\/[\w./-]+:[\w.-]*\d[\w.-]*$/);
  });

  test("asks for every secret, none of which is in the repository", () => {
    const text = readSource("deploy/compose.yaml");
    const example = readSource("deploy/example.env");
    const names = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = ""]) => name);
    for (const name of names.filter((each) => each !== "OPNAS_TAG")) {
      expect(example).toMatch(new RegExp(`^${name}=`, "m"));
      expect(text).toContain(`\${${name}:?`);
    }
    expect(example).toMatch(/^POSTGRES_PASSWORD=$/m);
    expect(example).toMatch(/^AWS_SECRET_ACCESS_KEY=$/m);
  });

  test("lets workers end their work in peace", () => {
    for (const name of ["worker", "worker-cuda"])
      expect(services[name]?.stop_grace_period).toMatch(/^(1m0s|60s)$/);
  });
});
