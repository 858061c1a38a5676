import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { goModule, toolsFolder } from "./goTools.js";

/** Sources of the schemas: Kubernetes' own OpenAPI document, and KEDA's resource definitions. */
const kubernetes = { module: "k8s.io/kubernetes", version: "v1.34.1" };
const keda = { module: "github.com/kedacore/keda/v2", version: "v2.18.1" };
const kedaFiles = ["keda.sh_scaledobjects.yaml", "keda.sh_triggerauthentications.yaml"];

const kindSchema = z.object({ group: z.string(), kind: z.string(), version: z.string() });
type Kind = z.infer<typeof kindSchema>;

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
const jsonSchema: z.ZodType<Json> = z.json();
const openApiSchema = z.looseObject({
  definitions: z.record(z.string(), z.record(z.string(), jsonSchema)),
});
const customSchema = z.looseObject({
  spec: z.looseObject({
    group: z.string(),
    names: z.looseObject({ kind: z.string() }),
    versions: z.array(
      z.looseObject({
        name: z.string(),
        schema: z.looseObject({ openAPIV3Schema: jsonSchema }),
      }),
    ),
  }),
});

/**
 * Writes a JSON schema for each kind of resource into a folder, under the names by which kubeconform looks
 * for them. Fields that a schema does not know are errors.
 */
export async function writeSchemas(kinds: readonly Kind[], folder: string): Promise<void> {
  const definitions = await kubernetesDefinitions();
  const custom = await kedaSchemas();
  mkdirSync(folder, { recursive: true });
  for (const kind of kinds) {
    const schema = custom.get(nameOf(kind)) ?? definitionOf(kind, definitions);
    writeFileSync(path.join(folder, `${nameOf(kind)}.json`), JSON.stringify(schema));
  }
}

/** The name of a kind's file, e.g. deployment-apps-v1. */
function nameOf({ group, kind, version }: Kind): string {
  const [first = ""] = group.split(".");
  return [kind.toLowerCase(), ...(first === "" ? [] : [first]), version].join("-");
}

type Definitions = z.infer<typeof openApiSchema>["definitions"];

async function kubernetesDefinitions(): Promise<Definitions> {
  const file = await kept(`kubernetes-${kubernetes.version}.json`, async () => {
    const module = await goModule(`${kubernetes.module}@${kubernetes.version}`);
    return readFileSync(path.join(module, "api", "openapi-spec", "swagger.json"), "utf8");
  });
  const { definitions } = openApiSchema.parse(JSON.parse(file));
  // Both are strings in the document, while the API also takes numbers.
  const stringOrNumber = { oneOf: [{ type: "string" }, { type: "number" }] };
  return {
    ...definitions,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": stringOrNumber,
    "io.k8s.apimachinery.pkg.api.resource.Quantity": stringOrNumber,
  };
}

async function kedaSchemas(): Promise<Map<string, Json>> {
  const file = await kept(`keda-${keda.version}.json`, async () => {
    const module = await goModule(`${keda.module}@${keda.version}`);
    const folder = path.join(module, "config", "crd", "bases");
    const read = (name: string): unknown => parse(readFileSync(path.join(folder, name), "utf8"));
    return JSON.stringify(kedaFiles.map(read));
  });
  const resources = z.array(customSchema).parse(JSON.parse(file));
  return new Map(
    resources.flatMap(({ spec: { group, names, versions } }) =>
      versions.map(({ name, schema }) => [
        nameOf({ group, kind: names.kind, version: name }),
        closed(schema.openAPIV3Schema),
      ]),
    ),
  );
}

/** Returns a text from the tools' folder, where it is kept after it was first made. */
async function kept(name: string, make: () => Promise<string>): Promise<string> {
  const file = path.join(toolsFolder(), name);
  if (!existsSync(file)) {
    const text = await make();
    mkdirSync(toolsFolder(), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
  return readFileSync(file, "utf8");
}

function definitionOf(kind: Kind, definitions: Definitions): Json {
  const found = Object.entries(definitions).find(([, definition]) =>
    z
      .array(kindSchema)
      .catch([])
      .parse(definition["x-kubernetes-group-version-kind"])
      .some((each) => nameOf(each) === nameOf(kind) && each.group === kind.group),
  );
  if (found === undefined) throw new Error(`Kubernetes has no kind ${nameOf(kind)}.`);
  const all = closed(definitions);
  return { $ref: `#/definitions/${found[0]}`, definitions: all };
}

/** Returns a schema in which objects with known properties have no others. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, closed(value)]),
  );
  const isOpen =
    typeof schema.properties !== "object" ||
    "additionalProperties" in schema ||
    "x-kubernetes-preserve-unknown-fields" in schema;
  // A property that is called "properties" has no type beside it.
  return isOpen || schema.type !== "object" ? inner : { ...inner, additionalProperties: false };
}
