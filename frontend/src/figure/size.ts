/** How large a figure is: as usual, over the width of the page, or beside the canvas of its Playground. One at a time stands beside it. */
import { keepSize, keptSize, type Size } from "./kept";
import { call, type Menu } from "./menu";

const NARROW = 760; // px: a Playground that is less wide has no room beside its canvas
const TAKEN = "rcw-place-taken"; // told to a figure in whose place another one stands now

interface Sizing {
  attach: (box: HTMLElement, name: string) => void;
  remove: () => void;
}

export function sizes(menu: Menu, row: HTMLElement): Sizing {
  const entries = {
    usual: menu.add(row, "usual", "Usual", () => choose("usual"), "menuitemradio"),
    wide: menu.add(row, "wide", "Wide", () => choose("wide"), "menuitemradio"),
    beside: menu.add(row, "beside", "Beside", () => choose("beside"), "menuitemradio"),
  };
  const end = new AbortController();
  const observer = new ResizeObserver(() => apply());
  let place: { box: HTMLElement; playground: HTMLElement | null; name: string } | null = null;
  let size: Size = "usual";

  call(entries.usual, "Usual size");
  call(entries.wide, "Wide: over the whole width, and higher");
  call(entries.beside, "Beside the canvas");

  function choose(wanted: Size): void {
    size = wanted;
    if (place) keepSize(place.name, size);
    apply();
    menu.close();
  }

  function apply(): void {
    if (!place) return;
    const { box, playground } = place;
    const room = playground === null || playground.clientWidth === 0 || playground.clientWidth >= NARROW;
    const shown = size === "beside" && !(room && playground) ? "wide" : size;
    if (shown === "beside") {
      for (const other of playground?.querySelectorAll(".rcw-figure.rcw-beside") ?? []) {
        if (other !== box) other.dispatchEvent(new Event(TAKEN));
      }
    }
    box.classList.toggle("rcw-wide", shown === "wide");
    box.classList.toggle("rcw-beside", shown === "beside");
    playground?.classList.toggle("rcw-has-beside", playground.querySelector(".rcw-figure.rcw-beside") !== null);
    for (const [name, entry] of Object.entries(entries)) entry.setAttribute("aria-checked", String(name === size));
    entries.beside.hidden = !playground;
  }

  return {
    attach: (box, name) => {
      const playground = box.closest<HTMLElement>(".rcw-playground");
      place = { box, playground, name };
      size = keptSize(name);
      box.addEventListener(
        TAKEN,
        () => {
          size = "usual";
          keepSize(name, size);
          apply();
        },
        { signal: end.signal },
      );
      if (playground) observer.observe(playground);
      apply();
    },
    remove: () => {
      observer.disconnect();
      end.abort();
    },
  };
}
