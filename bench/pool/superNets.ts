import { existsSync } from "node:fs";
import { eta, note } from "../common/progress.ts";
import { mean } from "../common/statistics.ts";
import type { Pool } from "./pool.ts";
import type { SuperNetRequest } from "./protocol.ts";

/**
 * Trains the super-nets whose files are not there yet, and notes the progress.
 * @returns the seconds that each took, by its file; none for those that were there
 */
export async function trainSuperNets(
  pool: Pool,
  requests: readonly SuperNetRequest[],
): Promise<Map<string, number>> {
  const missing = requests.filter(({ superNetFile }) => !existsSync(superNetFile));
  const took = new Map<string, number>();
  const shares = missing.map(() => 0);
  const clock = eta();
  await pool.train(missing, {
    progress: (index, { step, total, loss }) => {
      shares[index] = step / total;
      const share = mean(shares);
      const last = `step ${step}/${total}, loss ${loss?.toFixed(2) ?? "–"}`;
      note(`super-nets: ${(100 * share).toFixed(0)} % (${last}), ${clock(share)}`, 5000);
    },
    done: (index, seconds) => {
      const request = missing[index];
      if (request) took.set(request.superNetFile, seconds);
      note(`a super-net done in ${seconds.toFixed(0)} s`);
    },
  });
  return took;
}
