import type { TaskName } from "@opnas/core";

import type { ProxyTask } from "../text/types.js";
import { farSwapTask } from "./farSwap.js";
import { halfOrderTask } from "./halfOrder.js";
import { definitionTask, readWordNetFiles } from "./definition.js";
import { maskedTask } from "./masked.js";
import { prepositionTask } from "./preposition.js";
import { recallTask } from "./recall.js";
import { reversalTask } from "./reversal.js";
import { substituteTask } from "./substitute.js";
import { swapTask } from "./swap.js";
import type { TaskText } from "./taskText.js";

/** The builder of each task; builders are deterministic. */
export const taskBuilders: Readonly<
  Record<TaskName, (text: TaskText) => ProxyTask | Promise<ProxyTask>>
> = {
  mlm: maskedTask,
  swap: swapTask,
  substitute: substituteTask,
  preposition: prepositionTask,
  "half-order": halfOrderTask,
  definition: async (text) => definitionTask(text, await readWordNetFiles()),
  "far-swap": farSwapTask,
  recall: recallTask,
  reversal: reversalTask,
};
