"use client";

import {
  type ComponentType,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useEffect,
  useRef,
  useState,
} from "react";
import { PanelBoundary } from "./panel-boundary";

/** The distance from the screen at which a part begins to be loaded. */
const loadedFrom = "400px";

/**
 * Makes a component whose code is loaded when it comes near the screen, with `placeholder` in its place
 * until then. A load that fails is repeated by the boundary; React alone would keep the failure.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  placeholder: ReactNode,
): ComponentType<Props> {
  return function LazyPart(props: Props) {
    const [Part, setPart] = useState<ComponentType<Props>>(() => lazy(load));
    const [place, isNear] = useIsNear<HTMLDivElement>();
    if (!isNear) {
      return (
        <div ref={place} className="size-full">
          {placeholder}
        </div>
      );
    }
    return (
      <PanelBoundary onRetry={() => setPart(() => lazy(load))}>
        <Suspense fallback={placeholder}>
          <Part {...props} />
        </Suspense>
      </PanelBoundary>
    );
  };
}

/** Returns a reference to an element, and true once it has been near the screen. */
function useIsNear<Place extends Element>(): [RefObject<Place | null>, boolean] {
  const place = useRef<Place>(null);
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setIsNear(true);
      },
      { rootMargin: loadedFrom },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, isNear];
}
