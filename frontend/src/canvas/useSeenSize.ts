/** The size of an element once it has one, and whether it has been on the screen: React Flow needs both before it can fit its view. */
import { useEffect, useState, type RefObject } from "react";
import type { Size } from "../model/layout";

export function useSeenSize(element: RefObject<HTMLElement | null>): { size: Size | null; seen: boolean } {
  const [size, setSize] = useState<Size | null>(null);
  const [seen, setSeen] = useState(false);

  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = target;
      if (width > 0 && height > 0) setSize((before) => (before?.width === width && before.height === height ? before : { width, height }));
    };
    const sizes = new ResizeObserver(measure);
    sizes.observe(target);
    measure();
    if (typeof IntersectionObserver === "undefined") {
      setSeen(true);
      return () => sizes.disconnect();
    }
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      setSeen(true);
      sight.disconnect();
    });
    sight.observe(target);
    return () => {
      sizes.disconnect();
      sight.disconnect();
    };
  }, [element]);

  return { size, seen };
}
