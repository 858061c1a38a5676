import { type ExportFormat, type ExportStatus as StoredStatus } from "@opnas/prisma";
import { Field, Float, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { Node } from "../node/types.js";

export const ExportStatus = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  DONE: "DONE",
  FAILED: "FAILED",
} as const satisfies { [Name in StoredStatus]: Name };
export type ExportStatus = StoredStatus;
registerEnumType(ExportStatus, {
  name: "ExportStatus",
  description: "The state of an export.",
  valuesConfig: {
    QUEUED: { description: "It waits for a worker." },
    RUNNING: { description: "A worker writes the files." },
    DONE: { description: "The archive can be downloaded: see Export.url." },
    FAILED: { description: "An error ended it: see Export.error. Ask for a new one." },
  },
});

/** The forms of models by their names in GraphQL; the values are those that are stored. */
export const ModelFormat = {
  PYTORCH: "pytorch",
  ONNX: "onnx",
  TFJS: "tfjs",
} as const satisfies Record<string, ExportFormat>;
export type ModelFormat = ExportFormat;
registerEnumType(ModelFormat, {
  name: "ModelFormat",
  description: "A form in which a model leaves the platform with its weights.",
  valuesConfig: {
    PYTORCH: {
      description:
        "A folder for torch and transformers, as on Hugging Face: AutoModel.from_pretrained loads it.",
    },
    ONNX: { description: "An ONNX model and its tokenizer." },
    TFJS: {
      description: "A GraphModel of TensorFlow.js, for browsers and Node, and its tokenizer.",
    },
  },
});

@InputType({ description: "The model's form." })
export class ExportInput {
  @Field(() => ModelFormat, { description: "The form." })
  format!: ModelFormat;
}

@ObjectType({
  description:
    "A model with its weights and a model card as one tar archive, which a worker writes. It stays for some days after it was last asked for (setting exportDays of OPNAS_RETENTION).",
  implements: Node,
})
export class Export {
  @Field(() => ID, { description: "The export's identifier, a UUID." })
  id!: string;

  @Field(() => ExportStatus, { description: "The state of the export." })
  status!: ExportStatus;

  @Field(() => ModelFormat, { description: "The form of the files." })
  format!: ModelFormat;

  @Field(() => Float, { description: "The share that is done, 0 to 1." })
  progress!: number;

  @Field(() => Float, {
    nullable: true,
    description: "The size of the archive. Null until it is done.",
  })
  bytes!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "The SHA-256 of the archive, in hexadecimal digits. Null until it is done.",
  })
  checksum!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why it waits though it is queued or running, such as the full disk of a worker; it goes on by itself when that is mended. Null while it goes on.",
  })
  waitingReason!: string | null;

  @Field(() => Date, { description: "The time at which it was first requested." })
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was done or failed. Null before.",
  })
  finishedAt!: Date | null;
}

@ObjectType({ description: "A signed link to a file, which anybody who has it can use." })
export class ExportLink {
  @Field(() => String, {
    description:
      "The link: path and query below the platform's address, which is that of GraphQL without /graphql. That of an export serves ranges (HTTP 206), so that a download that broke off can go on.",
  })
  url!: string;

  @Field(() => Date, { description: "The time at which it expires, one hour after it was made." })
  expiresAt!: Date;
}
