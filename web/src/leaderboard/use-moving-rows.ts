import type { AnimationController } from "@formkit/auto-animate";
import { useCallback } from "react";

/**
 * Returns a reference to a list whose rows move to their new places. The code for that comes after the rows;
 * without it they are at their places at once.
 */
export function useMovingRows() {
  return useCallback((list: HTMLElement | null) => {
    if (!list) return undefined;
    let isGone = false;
    let controller: AnimationController | undefined;
    const start = ({ default: autoAnimate }: typeof import("@formkit/auto-animate")) => {
      if (!isGone) controller = autoAnimate(list, { duration: 260, easing: "ease-out" });
    };
    import("@formkit/auto-animate").then(start, () => undefined);
    return () => {
      isGone = true;
      controller?.destroy?.();
    };
  }, []);
}
