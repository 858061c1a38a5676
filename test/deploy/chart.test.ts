import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { root } from "../docs/repository.js";
import { answers, goTool } from "./goTools.js";
import { writeSchemas } from "./schemas.js";

const run = promisify(execFile);
const chart = path.join(root, "deploy", "helm", "opnas");
const folder = mkdtempSync(path.join(tmpdir(), "opnas-chart-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const helmTool = { name: "helm", package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0" };
const kubeconformTool = {
  name: "kubeconform",
  package: "github.com/yannh/kubeconform/cmd/kubeconform",
  version: "v0.8.0",
};

let helm = "helm";
let kubeconform = "kubeconform";
beforeAll(async () => {
  if (!(await answers(helm, ["version"]))) helm = await goTool(helmTool);
  if (!(await answers(kubeconform, ["-v"]))) kubeconform = await goTool(kubeconformTool);
});

/** The chart as a small cluster has it, and with everything that can be chosen. */
const settings = {
  small: ["--set", "artifacts.url=s3://bucket/opnas"],
  full: [
    "--set",
    "artifacts.existingClaim=artifacts,text.existingClaim=text,workers.cuda.enabled=true",
    "--set",
    "publicUrl=https://nas.example.org,ingress.enabled=true,ingress.tlsSecret=tls",
    "--set-json",
    'networkPolicy.from=[{"namespaceSelector":{}}]',
    "--set-json",
    'image.pullSecrets=[{"name":"registry"}]',
    "--set-json",
    'workers.cpu.env={"OPNAS_GPUS":"none"}',
  ],
  plain: ["--set", "artifacts.url=s3://b,autoscaling.enabled=false,networkPolicy.enabled=false"],
};

async function template(args: readonly string[]): Promise<string> {
  const plain = ["template", "opnas", chart, "--kube-version", "1.34.1"];
  return (await run(helm, [...plain, ...args], { maxBuffer: 16e6 })).stdout;
}

const envSchema = z.array(z.looseObject({ name: z.string() })).default([]);
const podSchema = z.looseObject({
  automountServiceAccountToken: z.boolean(),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.looseObject({ runAsNonRoot: z.boolean() }),
  containers: z.array(
    z.looseObject({
      image: z.string(),
      env: envSchema,
      livenessProbe: z.unknown().optional(),
      readinessProbe: z.unknown().optional(),
      securityContext: z.looseObject({ allowPrivilegeEscalation: z.boolean() }),
      resources: z.looseObject({ limits: z.record(z.string(), z.unknown()).optional() }),
    }),
  ),
});
const resourceSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({ template: z.looseObject({ spec: podSchema }).optional() }),
});
type Resource = z.infer<typeof resourceSchema>;

async function resources(args: readonly string[]): Promise<Resource[]> {
  return parseAllDocuments(await template(args)).flatMap((document) => {
    const content: unknown = document.toJS();
    return content === null ? [] : [resourceSchema.parse(content)];
  });
}

function named(found: readonly Resource[], kind: string, name: string): Resource {
  const resource = found.find((each) => each.kind === kind && each.metadata.name === name);
  if (resource === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return resource;
}

function containerOf(found: readonly Resource[], name: string) {
  const pod = named(found, "Deployment", name).spec.template?.spec;
  const [container] = pod?.containers ?? [];
  if (pod === undefined || container === undefined) throw new Error(`${name} has no container.`);
  return { pod, container, variables: container.env.map((each) => each.name) };
}

describe.each(Object.entries(settings))("the chart with %s settings", (name, args) => {
  test("passes helm lint", async () => {
    await run(helm, ["lint", "--strict", chart, "--kube-version", "1.34.1", ...args]);
  });

  test("is what Kubernetes 1.34 and KEDA take, field by field", async () => {
    const schemas = path.join(folder, name);
    const kinds = (await resources(args)).map(({ apiVersion, kind }) => {
      const [version = "", group = ""] = apiVersion.split("/").reverse();
      return { group, kind, version };
    });
    await writeSchemas(kinds, schemas);
    const file = path.join(folder, `${name}.yaml`);
    writeFileSync(file, await template(args));
    const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
    const plain = ["-strict", "-summary", "-output", "json", "-schema-location", location];
    const { stdout } = await run(kubeconform, [...plain, file]).catch((error: unknown) => {
      throw new Error(z.looseObject({ stdout: z.string() }).parse(error).stdout);
    });
    const { summary } = z
      .looseObject({ summary: z.looseObject({ valid: z.number(), skipped: z.number() }) })
      .parse(JSON.parse(stdout));
    expect(summary).toMatchObject({ valid: kinds.length, invalid: 0, errors: 0, skipped: 0 });
  });

  test("gives no Pod rights, and each process probes", async () => {
    const found = await resources(args);
    for (const { kind, metadata, spec } of found) {
      if (spec.template === undefined) continue;
      const pod = spec.template.spec;
      expect(pod.automountServiceAccountToken, metadata.name).toBe(false);
      expect(pod.securityContext.runAsNonRoot, metadata.name).toBe(true);
      for (const container of pod.containers) {
        expect(container.securityContext.allowPrivilegeEscalation).toBe(false);
        if (kind !== "Deployment") continue;
        expect(container.livenessProbe).toMatchObject({ httpGet: { path: "/healthz" } });
        const ready = metadata.name === "opnas-web" ? "/healthz" : "/readyz";
        expect(container.readinessProbe).toMatchObject({ httpGet: { path: ready } });
      }
    }
  });
});

test("a field that Kubernetes does not know is found", async () => {
  const schemas = path.join(folder, "wrong");
  await writeSchemas([{ group: "apps", kind: "Deployment", version: "v1" }], schemas);
  const file = path.join(folder, "wrong.yaml");
  const text = await template(settings.small);
  const deployment = text.split(/^---$/m).find((part) => part.includes("kind: Deployment")) ?? "";
  writeFileSync(file, deployment.replace("enableServiceLinks", "enableServiceLink"));
  const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  await expect(run(kubeconform, ["-schema-location", location, file])).rejects.toMatchObject({
    stdout: expect.stringContaining("enableServiceLink") as string,
  });
});

test("the portal gets no address of the database and no secret; server and workers do", async () => {
  const found = await resources(settings.full);
  expect(containerOf(found, "opnas-web").variables).toEqual(["OPNAS_API_PORT", "OPNAS_PUBLIC_URL"]);
  expect(JSON.stringify(named(found, "Deployment", "opnas-web"))).not.toContain("secretKeyRef");
  for (const name of ["opnas-server", "opnas-worker-cpu", "opnas-worker-cuda"])
    expect(containerOf(found, name).variables).toContain("DATABASE_URL");
});

test("migrations run before an upgrade, and the passwords are in no template", async () => {
  const found = await resources(settings.small);
  const { annotations } = named(found, "Job", "opnas-migrations").metadata;
  expect(annotations?.["helm.sh/hook"]).toBe("pre-install,pre-upgrade");
  expect(found.some(({ kind }) => kind === "Secret")).toBe(false);
});

test("workers are scaled on the queue, have time to drain, and take GPUs where asked", async () => {
  const found = await resources(settings.full);
  for (const name of ["opnas-worker-cpu", "opnas-worker-cuda"]) {
    expect(named(found, "ScaledObject", name).spec).toMatchObject({
      scaleTargetRef: { name },
      triggers: [{ type: "postgresql", authenticationRef: { name: "opnas-queue" } }],
    });
    expect(containerOf(found, name).pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
    named(found, "PodDisruptionBudget", name);
  }
  expect(containerOf(found, "opnas-worker-cuda").container.resources.limits).toHaveProperty([
    "nvidia.com/gpu",
  ]);
  expect(containerOf(found, "opnas-worker-cuda").container.image).toContain("/worker-cuda:");
});

test("the ingress has the paths of the public address, which may lie below one", async () => {
  for (const [path, base] of [
    ["", ""],
    ["/lab/nas/", "/lab/nas"],
  ]) {
    const url = `publicUrl=https://example.org${path ?? ""}`;
    const text = await template(["--set", `artifacts.url=s3://b,ingress.enabled=true,${url}`]);
    const paths = [...text.matchAll(/- path: (\S+)$/gm)].map(([, found]) => found);
    expect(paths).toEqual([
      ...["/graphql", "/auth", "/export", "/import"].map((each) => `${base ?? ""}${each}`),
      base === "" ? "/" : base,
    ]);
  }
});

test.each([
  [[], "Set artifacts.url"],
  [["--set", "artifacts.url=s3://b,artifacts.existingClaim=c"], "and not both"],
  [["--set", "artifacts.url=s3://b,ingress.enabled=true"], "publicUrl must be set"],
])("with %j the chart says what is missing", async (args, sentence) => {
  await expect(template(args)).rejects.toMatchObject({
    stderr: expect.stringContaining(sentence) as string,
  });
});
