/** A figure as a picture of its own: its title, its legend and its panels side by side, with the colours of the theme written into it. */
import { type Model, make, save } from "./wire";

const SPACE = "http://www.w3.org/2000/svg";
const CAPTION = 28; // px
const SMALL = 6.2; // px a letter takes in the legend, about
const LARGE = 7.8; // and in the title
const DENSITY = 2; // pixels of the PNG for each of the page
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity",
  "visibility", "display", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "transform", "translate",
  "clip-path", "image-rendering",
]; // prettier-ignore

function element(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** A computed colour as every program that reads SVG knows it: a browser writes mixed ones as `color(srgb 0.1 0.2 0.3 / 0.5)`. */
export function plain(value: string): string {
  const found = /^color\(srgb ([^/)]+)(?:\/ *([\d.]+))?\)$/.exec(value);
  if (!found?.[1]) return value;
  const parts = found[1].trim().split(/\s+/).map((part) => Math.round(255 * Math.min(1, Math.max(0, Number(part)))));
  return found[2] ? `rgba(${parts.join(", ")}, ${found[2]})` : `rgb(${parts.join(", ")})`;
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
  });
  return copy;
}

/** The figure in `box` as the text of an SVG, and its size. */
export function picture(box: Element, model: Model): { text: string; width: number; height: number } {
  const frame = box.getBoundingClientRect();
  const style = getComputedStyle(box);
  const panels = [...box.querySelectorAll<HTMLElement>(".bqplot")].filter((panel) => panel.getBoundingClientRect().width > 0);
  const drawings = panels.flatMap((panel) => [...panel.querySelectorAll<SVGElement>(":scope > svg, :scope > div > svg")]);
  const width = Math.ceil(frame.width);
  const height = CAPTION + Math.ceil(Math.max(0, ...panels.map((panel) => panel.getBoundingClientRect().height)));
  const root = element("svg", { xmlns: SPACE, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": style.fontFamily });
  root.append(element("rect", { width, height, fill: style.getPropertyValue("--rcw-bg") || "#fff" }));
  const texts = { fill: style.color, y: 18 };
  let x = width - 12;
  for (const item of [...box.querySelectorAll(".rcw-legend > .rcw-legend-item")].reverse()) {
    const [text, swatch] = [item.textContent ?? "", item.querySelector(".rcw-swatch")];
    x -= SMALL * text.length;
    root.append(element("text", { ...texts, x, "font-size": 11 }, text));
    const fill = swatch && plain(getComputedStyle(swatch).color); // the background of a dashed one is a gradient
    if (fill) root.append(element("rect", { x: (x -= 16), y: 12, width: 11, height: 4, fill }));
    x -= 12;
  }
  const label = model.get("label");
  const subtitle = box.querySelector(".rcw-part") ? "" : model.get("subtitle"); // what a hand can do is no title
  const whole = `${label}: ${subtitle}`;
  const title = subtitle && 12 + LARGE * whole.length < x ? whole : label;
  root.append(element("text", { ...texts, x: 12, "font-size": 13, "font-weight": 600 }, title));
  const first = panels[0]?.getBoundingClientRect() ?? frame;
  const below = CAPTION - first.top; // what is above the panels gives way to the title
  for (const part of box.querySelectorAll(".rcw-parts:not([hidden]) .rcw-part:not([hidden])")) {
    const { left, top, width, height } = part.getBoundingClientRect();
    const [x, y] = [left - frame.left, top + below];
    root.append(element("rect", { x, y, width, height, fill: plain(getComputedStyle(part).backgroundColor) }));
    const seen = [...part.querySelectorAll<HTMLElement>(".rcw-part-head > *")].filter((one) => one.offsetTop < one.offsetHeight);
    const words = seen.map((one) => one.textContent ?? "");
    root.append(element("text", { ...texts, x: x + 8, y: y + 14, "font-size": 11 }, words.join(" ")));
  }
  for (const line of box.querySelectorAll(".rcw-borders:not([hidden]) .rcw-border:not(.rcw-outside) .rcw-border-line")) {
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

async function png({ text, width, height }: { text: string; width: number; height: number }): Promise<Blob | null> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = DENSITY * width;
  canvas.height = DENSITY * height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** The buttons that save the figure that `el` stands in. */
export function pictureButtons(model: Model, el: HTMLElement): { buttons: HTMLElement[]; name: () => void } {
  function button(kind: "PNG" | "SVG", made: (drawn: ReturnType<typeof picture>) => Promise<Blob | null>): HTMLButtonElement {
    const button = make("button", "rcw-save", kind);
    button.type = "button";
    button.addEventListener("click", async () => {
      const box = el.closest(".rcw-figure");
      const blob = box && (await made(picture(box, model)).catch(() => null));
      if (blob) save(blob, `${model.get("label").toLowerCase()}.${kind.toLowerCase()}`);
      else button.title = `${kind}: the browser could not draw it`;
    });
    return button;
  }
  const buttons = [button("PNG", png), button("SVG", async ({ text }) => new Blob([text], { type: "image/svg+xml" }))];
  function name(): void {
    for (const button of buttons) {
      button.title = `Save the picture of ${model.get("label")} as ${button.textContent}`;
      button.setAttribute("aria-label", button.title);
    }
  }
  return { buttons, name };
}
