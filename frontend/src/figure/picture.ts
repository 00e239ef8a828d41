/** A figure as a picture of its own: its title, its legend and its panels side by side, with the colours of the theme written into it. */
import { call, type Menu } from "./menu";
import { element, inLines, type Picture, plain, png, SMALL, SPACE, svg } from "./svg";
import { type Model, save } from "./wire";
import { css as legendCss } from "./legend.module.css";
import { css as splitCss } from "./split.module.css";
import { css as swatchCss } from "./swatch.module.css";

const TITLE = 18; // px of a line of the title
const ROW = 16; // and of the legend, or of what stands below
const LARGE = 7.8; // and in the title
const STRIP = 4; // px, see caption.css
const LINES = "fill fill-opacity stroke stroke-opacity stroke-width stroke-dasharray stroke-linecap stroke-linejoin".split(" ");
const TEXTS = "font-family font-size font-weight text-anchor dominant-baseline".split(" ");
const STYLES = [...LINES, ...TEXTS, "opacity", "visibility", "display", "transform", "translate", "clip-path", "image-rendering"];

/** A band that the stylesheet cuts to a strip at its foot, as a shape of that height: few programs but browsers know how to cut so. */
function flatten(copy: SVGElement, band: SVGGraphicsElement): void {
  const { y, height } = band.getBBox();
  copy.style.removeProperty("clip-path");
  copy.style.removeProperty("transform");
  if (height > STRIP) copy.setAttribute("transform", `translate(0 ${(y + height) * (1 - STRIP / height)}) scale(1 ${STRIP / height})`);
}

/** A copy of a drawing that needs no stylesheet. */
function copied(drawing: SVGElement): SVGElement {
  const copy = drawing.cloneNode(true) as SVGElement;
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((one, index) => {
    const original = originals[index];
    if (!original) return;
    const style = getComputedStyle(original);
    one.removeAttribute("class");
    one.setAttribute("style", STYLES.map((name) => `${name}:${plain(style.getPropertyValue(name))}`).join(";"));
    if (style.getPropertyValue("clip-path").startsWith("inset")) flatten(one as SVGElement, original as SVGGraphicsElement);
  });
  return copy;
}

/** The swatch of an entry of the legend, at (x, y), in 12 by 12 pixels. */
function swatchAt(form: string, fill: string, x: number, y: number): SVGElement[] {
  const bar = (left: number, width: number, height: number) =>
    element("rect", { x: x + left, y: y + (12 - height) / 2, width, height, fill });
  if (form === "dot") return [element("circle", { cx: x + 6, cy: y + 6, r: 4, fill })];
  if (form === "dashed") return [bar(0, 5, 2), bar(7, 5, 2)];
  return [bar(0, 12, { wide: 6, band: 12, strip: 4 }[form] ?? 3)];
}

/** The legend in rows from `top` on, and where it ends. */
function legendAt(box: Element, width: number, top: number): { parts: SVGElement[]; bottom: number } {
  const fill = getComputedStyle(box).color;
  const parts: SVGElement[] = [];
  let [x, y] = [12, top];
  for (const item of box.querySelectorAll(`.${legendCss.entries} > .${legendCss.item}`)) {
    const [text, swatch] = [item.textContent ?? "", item.querySelector(`.${swatchCss.swatch}`)];
    const room = (swatch ? 17 : 0) + SMALL * text.length;
    if (x > 12 && x + room > width - 12) [x, y] = [12, y + ROW];
    // The background of a dashed one is a gradient.
    if (swatch)
      parts.push(...swatchAt(/rcw-swatch-(\w+)/.exec(swatch.className)?.[1] ?? "line", plain(getComputedStyle(swatch).color), x, y));
    parts.push(element("text", { fill, x: x + (swatch ? 17 : 0), y: y + 10, "font-size": 11 }, text));
    x += room + 14;
  }
  return { parts, bottom: parts.length ? y + ROW : top };
}

/** The figure in `box` as a picture: title, legend, panels, and below them what the results are of. */
export function picture(box: Element, model: Model): Picture {
  const frame = box.getBoundingClientRect();
  const style = getComputedStyle(box);
  const panels = [...box.querySelectorAll<HTMLElement>(".bqplot")].filter((panel) => panel.getBoundingClientRect().width > 0);
  const drawings = panels.flatMap((panel) => [...panel.querySelectorAll<SVGElement>(":scope > svg, :scope > div > svg")]);
  const width = Math.ceil(frame.width);
  const label = model.get("label");
  const subtitle = box.querySelector(`.${splitCss.part}`) ? "" : model.get("subtitle"); // what a hand can do is no title
  const titles = inLines((subtitle ? `${label}: ${subtitle}` : label).split(" "), width - 24, LARGE);
  const { parts, bottom } = legendAt(box, width, 8 + TITLE * titles.length);
  const told = inLines((model.get("about") ?? "").split(" ").filter(Boolean), width - 24);
  const tall = Math.ceil(Math.max(0, ...panels.map((panel) => panel.getBoundingClientRect().height)));
  const height = bottom + tall + (told.length ? 8 + ROW * told.length : 0);
  const root = element("svg", { xmlns: SPACE, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": style.fontFamily });
  root.append(element("rect", { width, height, fill: style.getPropertyValue("--rcw-bg") || "#fff" }));
  const texts = { fill: style.color };
  titles.forEach((line, place) => {
    root.append(element("text", { ...texts, x: 12, y: 18 + TITLE * place, "font-size": 13, "font-weight": 600 }, line));
  });
  root.append(...parts);
  told.forEach((line, place) => {
    root.append(
      element(
        "text",
        { fill: style.getPropertyValue("--rcw-soft") || style.color, x: 12, y: bottom + tall + 12 + ROW * place, "font-size": 11 },
        line,
      ),
    );
  });
  const first = panels[0]?.getBoundingClientRect() ?? frame;
  const below = bottom - first.top; // what is above the panels gives way to title and legend
  for (const part of box.querySelectorAll(`.${splitCss.parts}:not([hidden]) .${splitCss.part}:not([hidden])`)) {
    const { left, top, width, height } = part.getBoundingClientRect();
    const [x, y] = [left - frame.left, top + below];
    root.append(element("rect", { x, y, width, height, fill: plain(getComputedStyle(part).backgroundColor) }));
    const seen = [...part.querySelectorAll<HTMLElement>(`.${splitCss.head} > *`)].filter((one) => one.offsetTop < one.offsetHeight);
    const words = seen.map((one) => one.textContent ?? "");
    root.append(element("text", { ...texts, x: x + 8, y: y + 14, "font-size": 11 }, words.join(" ")));
  }
  for (const line of box.querySelectorAll(
    `.${splitCss.borders}:not([hidden]) .${splitCss.border}:not(.${splitCss.outside}) .${splitCss.line}`,
  )) {
    const { left, top, width, height } = line.getBoundingClientRect();
    const fill = plain(getComputedStyle(line).backgroundColor);
    root.append(element("rect", { x: left - frame.left, y: top + below, width, height, fill }));
  }
  for (const drawing of drawings) {
    const place = drawing.getBoundingClientRect();
    const copy = copied(drawing);
    copy.setAttribute("x", String(place.left - frame.left));
    copy.setAttribute("y", String(place.top + below));
    copy.setAttribute("width", String(place.width));
    copy.setAttribute("height", String(place.height));
    root.append(copy);
  }
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/** Entries that save the figure that `el` stands in. */
export function pictureEntries(model: Model, el: HTMLElement, menu: Menu, row: HTMLElement): { name: () => void } {
  function entry(kind: "PNG" | "SVG", made: (drawn: Picture) => Promise<Blob | null>): HTMLButtonElement {
    return menu.add(row, kind === "PNG" ? "picture" : "vector", kind, async () => {
      const box = el.closest(".rcw-figure");
      const blob = box && (await made(picture(box, model)).catch(() => null));
      if (blob) save(blob, `${model.get("label").toLowerCase()}.${kind.toLowerCase()}`);
      menu.say(blob ? "" : `${kind}: the browser could not draw it`);
    });
  }
  const entries = { PNG: entry("PNG", png), SVG: entry("SVG", svg) };
  return {
    name: () => {
      for (const [kind, one] of Object.entries(entries)) call(one, `Save the picture of ${model.get("label")} as ${kind}`);
    },
  };
}
