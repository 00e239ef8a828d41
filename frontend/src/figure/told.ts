/** Tells the kernel how large the panels are, so that their lines have as many points as there are pixels. */
import type { Asking } from "./wire";

const REST = 250; // ms without a change, after which it is told
const GRAIN = 10; // px

export function tellSizes(asking: Asking): { watch: (box: HTMLElement, label: string) => void; remove: () => void } {
  const observer = new ResizeObserver(() => wait());
  let place: HTMLElement | null = null;
  let label = "";
  let told: string[] = [];
  let seen: Element[] = [];
  let timer = 0;

  function wait(): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, REST);
  }

  function tell(): void {
    const panels = [...(place?.querySelectorAll<HTMLElement>(".bqplot.figure") ?? [])];
    panels.forEach((panel, index) => {
      const [width, height] = [panel.clientWidth, panel.clientHeight].map((size) => GRAIN * Math.round(size / GRAIN)) as [number, number];
      const now = `${width} ${height}`;
      if (width === 0 || height === 0 || told[index] === now) return;
      told[index] = now;
      asking.ask({ type: "size", panel: index, width, height });
    });
  }

  return {
    watch: (box, name) => {
      const drawings = [...box.querySelectorAll(".bqplot.figure")];
      if (name !== label) told = [];
      if (name !== label || drawings.length !== seen.length || drawings.some((one, index) => one !== seen[index])) wait();
      [place, label] = [box, name];
      for (const one of seen) if (!drawings.includes(one)) observer.unobserve(one);
      for (const one of drawings) if (!seen.includes(one)) observer.observe(one);
      seen = drawings;
    },
    remove: () => {
      window.clearTimeout(timer);
      observer.disconnect();
    },
  };
}
