import {
  type Architecture,
  architectureKey,
  architectureName,
  type Layer,
  type ModelSize,
} from "@opnas/core";
import { attentionClass } from "./attention.js";
import { convolutionClass, layerClasses } from "./blocks.js";
import { configClass } from "./config.js";
import { headClasses } from "./heads.js";
import { helperSources, type HelperName } from "./helpers.js";
import { backboneClass, baseClass } from "./model.js";

/** The name of the file, as `auto_map` of config.json has it. */
export const modelingFileName = "modeling_opnas.py";

/**
 * Writes a backbone as one Python file that needs torch and transformers alone: a class for each
 * kind of attention that its layers have, with the formula as docstring, and the models with BERT's
 * usual heads.
 * @param architecture a legal architecture (`checkArchitecture`)
 */
export function modelingFile(architecture: Architecture, size: ModelSize): string {
  const classes = attentionClasses(architecture.layers);
  const helpers = new Set<HelperName>([...classes.values()].flatMap(({ helpers }) => [...helpers]));
  const hasConvolution = architecture.layers.some(({ kind }) => kind === "conv");
  const parts = [
    heading(architecture),
    configClass(architecture, size),
    ...helperSources(helpers),
    ...[...classes.values()].map(({ source }) => source),
    ...(hasConvolution ? [convolutionClass] : []),
    mixingsFunction(architecture.layers, classes),
    layerClasses,
    baseClass(hasConvolution),
    backboneClass,
    headClasses,
  ];
  return `${parts.join("\n\n\n")}\n`;
}

function heading(architecture: Architecture): string {
  return `"""${architectureName(architectureKey(architecture))}: a backbone found by OP-NAS Platform.

Load it with transformers: AutoModel.from_pretrained(folder, trust_remote_code=True). In comments,
b is the batch, n the tokens, h the heads and d the channels of a head.
"""

import math
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint
from transformers import PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import (
    BaseModelOutput,
    MaskedLMOutput,
    QuestionAnsweringModelOutput,
    SequenceClassifierOutput,
)
from transformers.utils import ModelOutput`;
}

interface NamedClass {
  name: string;
  source: string;
  helpers: ReadonlySet<HelperName>;
}

/** Returns a class for each different graph, by its JSON form, in the order of the layers. */
function attentionClasses(layers: readonly Layer[]): ReadonlyMap<string, NamedClass> {
  const found = new Map<string, NamedClass>();
  for (const layer of layers) {
    if (layer.kind === "conv") continue;
    const key = JSON.stringify(layer.graph);
    if (found.has(key)) continue;
    const name = `Attention${(found.size + 1).toString()}`;
    found.set(key, { name, ...attentionClass(name, layer.graph) });
  }
  return found;
}

/** Writes the function that lists the mixings of all layers. */
function mixingsFunction(
  layers: readonly Layer[],
  classes: ReadonlyMap<string, NamedClass>,
): string {
  const calls = layers.map((layer) =>
    layer.kind === "conv"
      ? `Convolution(config, kernel_size=${layer.kernelSize.toString()})`
      : `${classes.get(JSON.stringify(layer.graph))?.name ?? ""}(config)`,
  );
  return [
    "def mixings(config: OpnasConfig) -> List[nn.Module]:",
    '    """Makes what mixes the tokens in each layer, from the first to the last."""',
    "    return [",
    ...calls.map((call) => `        ${call},`),
    "    ]",
  ].join("\n");
}
