import { describeSettings } from "@opnas/core";
import {
  graphql,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { expect, test } from "vitest";
import { localPrincipal } from "./identity/principal.js";
import { createSchema } from "./schema.js";

/** A named part of the schema with its description. */
type Described = [place: string, description: string | null | undefined];

function describedParts(): Described[] {
  const types = Object.values(createSchema().getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  return types.flatMap((type): Described[] => {
    const parts: Described[] = [[type.name, type.description]];
    if (isEnumType(type)) {
      for (const { name, description } of type.getValues()) {
        parts.push([`${type.name}.${name}`, description]);
      }
    }
    if (isInputObjectType(type)) {
      for (const { name, description } of Object.values(type.getFields())) {
        parts.push([`${type.name}.${name}`, description]);
      }
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const { name, description, args } of Object.values(type.getFields())) {
        parts.push([`${type.name}.${name}`, description]);
        for (const arg of args) parts.push([`${type.name}.${name}(${arg.name})`, arg.description]);
      }
    }
    return parts;
  });
}

test("every type, field, argument, enum value and input field has a description", () => {
  const parts = describedParts();
  expect(parts.length).toBeGreaterThan(300);
  expect(parts.filter(([, description]) => !description).map(([place]) => place)).toEqual([]);
});

test("every description is a sentence that begins with a capital letter or a number", () => {
  const broken = describedParts().filter(
    ([, description]) => !/^[\p{Lu}\d].*\.$/su.test(description ?? ""),
  );
  expect(broken).toEqual([]);
});

test.each([
  ["SEARCH", "search"],
  ["PRETRAINING", "pretraining"],
] as const)(
  "settingDescriptions(kind: %s) lists every setting as core describes it",
  async (name, kind) => {
    const source = `{
    settingDescriptions(kind: ${name}) {
      path title description type minimum maximum choices default nullable
    }
  }`;
    const { data, errors } = await graphql({
      schema: createSchema(),
      source,
      contextValue: { principal: localPrincipal },
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ settingDescriptions: describeSettings(kind) });
  },
);
