"use client";

import { type ComponentType, lazy, type ReactNode, Suspense, useState } from "react";
import { PanelBoundary } from "./panel-boundary";

/**
 * Makes a component whose code is loaded when it is first drawn, with `placeholder` in its place
 * meanwhile. A load that fails is repeated by the boundary; React alone would keep the failure.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  placeholder: ReactNode,
): ComponentType<Props> {
  return function LazyPart(props: Props) {
    const [Part, setPart] = useState<ComponentType<Props>>(() => lazy(load));
    return (
      <PanelBoundary onRetry={() => setPart(() => lazy(load))}>
        <Suspense fallback={placeholder}>
          <Part {...props} />
        </Suspense>
      </PanelBoundary>
    );
  };
}
