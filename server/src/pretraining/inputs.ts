import { GraphQLJSON } from "graphql-scalars";
import { ArgsType, Field, InputType, Int, registerEnumType } from "type-graphql";
import { PageArguments } from "../pagination/types.js";
import { TrainingStatus } from "./types.js";

/** The published model sizes; the values are the names that core has for them. */
export enum PublishedSize {
  SMALL = "small",
  BASE = "base",
  LARGE = "large",
}
registerEnumType(PublishedSize, {
  name: "PublishedSize",
  description:
    "A model size as published, with pairs of sentences of 128 tokens and a learning rate of 1e-4.",
  valuesConfig: {
    SMALL: { description: "12 layers, hidden size 256, 4 heads." },
    BASE: { description: "12 layers, hidden size 768, 12 heads." },
    LARGE: { description: "24 layers, hidden size 1024, 16 heads." },
  },
});

@InputType({ description: "Conditions on pre-trainings." })
export class TrainingFilter {
  @Field(() => [TrainingStatus], {
    nullable: true,
    description: "The pre-training is in one of these states; without it, in any.",
  })
  status?: TrainingStatus[] | null;
}

@ArgsType()
export class TrainingPageArguments extends PageArguments {
  @Field(() => TrainingFilter, {
    nullable: true,
    description: "Conditions on the pre-trainings; without it all are listed.",
  })
  filter?: TrainingFilter | null;
}

@InputType({ description: "A pre-training to start." })
export class PretrainInput {
  @Field(() => Int, {
    nullable: true,
    description:
      "The seed of all random choices, 0 or more. By default the server chooses one and records it.",
  })
  seed?: number | null;

  @Field(() => PublishedSize, {
    nullable: true,
    description:
      "A published size in place of the search's; `settings.size` takes precedence over it.",
  })
  size?: PublishedSize | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      "Settings that replace the defaults, as an object with only what differs (see settingDescriptions): objects are merged, lists and values replaced. By default the size is the search's, with the layers of the architecture. All of them are checked.",
  })
  settings?: unknown;

  @Field(() => String, {
    nullable: true,
    description:
      "A text of 1 to 200 characters chosen by the client: repeating a request with the same key returns the first pre-training; with other input it is refused.",
  })
  idempotencyKey?: string | null;
}
