/** The map of a sweep as a picture of its own: cells, marks, lines and words where they stand on the page, with the colours of the theme. */
import { element as drawn, inLines, plain, type Picture } from "../figure/svg";
import { css } from "./sweep.module.css";

const MARGIN = 12;
const LINE = 16;

const shown = (color: string): boolean => !/^(transparent|rgba\(.*, 0\))$/.test(plain(color));

/** The stops of a CSS gradient from left to right. */
const stopsOf = (image: string): string[] => (image.startsWith("linear-gradient(90deg") ? (image.match(/rgba?\([^)]*\)/g) ?? []) : []);

export function mapPicture(map: HTMLElement, title: string, about: string): Picture {
  const frame = map.getBoundingClientRect();
  const style = getComputedStyle(map);
  const width = Math.ceil(frame.width) + 2 * MARGIN;
  const titles = inLines(`${title}: ${about}`.split(" "), frame.width);
  const top = MARGIN + LINE * titles.length;
  const height = Math.ceil(frame.height) + top + MARGIN;
  const root = drawn("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": style.fontFamily,
  });
  root.append(drawn("rect", { width, height, fill: plain(style.getPropertyValue("--rcw-bg")) || "#fff" }));
  const [left, down] = [MARGIN - frame.left, top - frame.top];
  titles.forEach((line, place) =>
    root.append(drawn("text", { x: MARGIN, y: MARGIN + 10 + LINE * place, fill: style.color, "font-size": 12 }, line)),
  );

  function words(text: Text, { color, fontSize, fontWeight }: CSSStyleDeclaration): void {
    const range = document.createRange();
    const lines: { from: DOMRect; text: string }[] = [];
    for (let at = 0; at < text.length; at += 1) {
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const [from] = range.getClientRects();
      if (!from) continue;
      const last = lines.at(-1);
      if (last && Math.abs(last.from.top - from.top) < 3) last.text += text.data[at];
      else lines.push({ from, text: text.data[at] ?? "" });
    }
    for (const { from, text } of lines) {
      const place = { x: from.left + left, y: from.bottom + down - 0.24 * from.height };
      root.append(drawn("text", { ...place, fill: plain(color), "font-size": parseFloat(fontSize), "font-weight": fontWeight }, text));
    }
  }

  function box(one: Element, own: CSSStyleDeclaration): void {
    const { x, y, width, height } = one.getBoundingClientRect();
    const place = {
      x: x + left,
      y: y + down,
      width,
      height,
      rx: own.borderRadius.endsWith("%") ? width / 2 : parseFloat(own.borderRadius) || 0,
    };
    const stops = stopsOf(own.backgroundImage);
    const part = width / stops.length;
    // Each with a little of the next, so that no seam shows.
    stops.forEach((fill, k) =>
      root.append(
        drawn("rect", { ...place, x: place.x + k * part, width: part + (k < stops.length - 1 ? 0.5 : 0), rx: 0, fill: plain(fill) }),
      ),
    );
    const edge = { stroke: plain(own.borderTopColor), "stroke-width": parseFloat(own.borderTopWidth) || 0 };
    const fill = shown(own.backgroundColor) ? plain(own.backgroundColor) : "none";
    if (fill !== "none" || edge["stroke-width"] > 0) root.append(drawn("rect", { ...place, ...edge, fill }));
    const hatched = own.backgroundImage.startsWith("repeating");
    if (hatched) root.append(drawn("path", { d: `M${place.x} ${place.y + height}L${place.x + width} ${place.y}`, stroke: style.color }));
    if (hatched || own.outlineStyle === "solid")
      root.append(drawn("rect", { ...place, fill: "none", stroke: style.color, "stroke-width": hatched ? 1 : 2 }));
    const mark = getComputedStyle(one, "::after");
    const size = { cx: place.x + width / 2, cy: place.y + height / 2, r: parseFloat(mark.width) / 2 };
    if (mark.content !== "none") root.append(drawn("circle", { ...size, fill: plain(mark.backgroundColor) }));
  }

  function line(svg: SVGSVGElement, polyline: SVGPolylineElement): void {
    const { x, y, width, height } = svg.getBoundingClientRect();
    const view = svg.viewBox.baseVal;
    const points = [...polyline.points].map(
      (point) => `${x + left + (point.x / view.width) * width},${y + down + (point.y / view.height) * height}`,
    );
    root.append(drawn("polyline", { points: points.join(" "), fill: "none", stroke: plain(getComputedStyle(polyline).stroke) }));
  }

  const dots: Element[] = []; // over the line

  function walk(one: Element): void {
    const own = getComputedStyle(one);
    const area = one.getBoundingClientRect();
    if (own.display === "none" || own.clipPath !== "none") return; // what is for readers alone
    if (area.width > 0 && area.height > 0) box(one, own);
    for (const child of one.childNodes) {
      if (child instanceof Text) words(child, own);
      else if (child instanceof SVGSVGElement) child.querySelectorAll("polyline").forEach((polyline) => line(child, polyline));
      else if (child instanceof Element && child.matches(`.${css.cell} > i`)) dots.push(child);
      else if (child instanceof Element) walk(child);
    }
  }

  for (const part of map.children) walk(part);
  for (const dot of dots) walk(dot);
  return { text: new XMLSerializer().serializeToString(root), width, height };
}
