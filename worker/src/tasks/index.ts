import type { TaskName } from "@opnas/core";

import type { ProxyTask } from "../data/types.js";
import { farSwapTask } from "./far-swap.js";
import { halfOrderTask } from "./half-order.js";
import { isATask } from "./is-a.js";
import { maskedTask } from "./masked.js";
import { prepositionTask } from "./preposition.js";
import { substituteTask } from "./substitute.js";
import { swapTask } from "./swap.js";
import type { TaskText } from "./text.js";
import { NounHierarchy } from "./wordnet.js";

/** How each task is built; deterministic. */
export const taskBuilders: Readonly<
  Record<TaskName, (text: TaskText) => ProxyTask | Promise<ProxyTask>>
> = {
  mlm: maskedTask,
  swap: swapTask,
  substitute: substituteTask,
  preposition: prepositionTask,
  "half-order": halfOrderTask,
  "is-a": async (text) => isATask(text, await NounHierarchy.read()),
  "far-swap": farSwapTask,
};
