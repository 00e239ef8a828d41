import { fireEvent } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chordOf, KEYS } from "../src/canvas/keys";
import { guardKeys, isOurs } from "../src/hostKeys";
import { watchTyping } from "../src/typing";

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const control = (key: string, more: Partial<KeyboardEvent> = {}) => pressed(key, { ctrlKey: true, ...more });

describe("which keys are the widget's", () => {
  it.each(["x", "d", "Delete", "Backspace", "ArrowLeft", "Escape", "Enter", " ", "a", "F2"])("%s is", (key) => {
    expect(isOurs(pressed(key))).toBe(true);
  });

  it("those with Ctrl or Cmd are where the letter is undo, redo, copy, paste, cut or all", () => {
    for (const key of "zycvxa") expect([isOurs(control(key)), isOurs(pressed(key, { metaKey: true }))]).toEqual([true, true]);
    for (const key of "sfpbk") expect(isOurs(control(key))).toBe(false);
    expect(isOurs(control("Z", { shiftKey: true }))).toBe(true);
    expect(isOurs(control("C", { shiftKey: true }))).toBe(false); // the host's list of commands
    expect(isOurs(control("Enter"))).toBe(true);
    expect(isOurs(pressed("Enter", { shiftKey: true }))).toBe(false);
  });

  it("goes by the place of a letter where the keyboard has another script", () => {
    expect(isOurs(control("я", { code: "KeyZ" }))).toBe(true);
    expect(isOurs(control("ы", { code: "KeyS" }))).toBe(false);
    expect(chordOf(control("я", { code: "KeyZ" }))).toBe("Ctrl+z");
  });
});

describe("the guard", () => {
  let heard: string[] = [];
  const host = (event: KeyboardEvent): void => {
    if (!(event.target as Element).hasAttribute("data-lm-suppress-shortcuts")) heard.push(event.key);
  };
  const root = document.createElement("div");
  root.innerHTML = "<button></button>";
  const button = root.firstElementChild as HTMLElement;

  beforeEach(() => {
    vi.useFakeTimers();
    heard = [];
    document.body.append(root);
    document.addEventListener("keydown", host, true); // as Notebook 7
  });
  afterEach(() => {
    document.removeEventListener("keydown", host, true);
    root.remove();
    vi.useRealTimers();
  });

  it("keeps our keys from a host that hears them first, and its mark is gone right after", () => {
    const leave = guardKeys(root);
    for (const key of ["x", "Delete", "ArrowLeft"]) fireEvent.keyDown(button, { key });
    fireEvent.keyDown(root, { key: "z", ctrlKey: true });
    expect(heard).toEqual([]);
    vi.runAllTimers();
    expect(document.querySelector("[data-lm-suppress-shortcuts]")).toBeNull();
    fireEvent.keyDown(button, { key: "Control", ctrlKey: true });
    fireEvent.keyDown(button, { key: "s", ctrlKey: true }); // before the mark of the key before is gone
    fireEvent.keyDown(button, { key: "Enter", shiftKey: true });
    fireEvent.keyDown(document.body, { key: "x" });
    expect(heard).toEqual(["s", "Enter", "x"]);
    leave();
  });

  it("is gone with the widget", () => {
    guardKeys(root)();
    fireEvent.keyDown(button, { key: "x" });
    expect(heard).toEqual(["x"]);
  });
});

it("a text is being written from its first letter to Enter, Escape or another field, or as long as it is refused", () => {
  const root = document.createElement("div");
  root.innerHTML = '<input type="text"><input type="range"><select></select>';
  document.body.append(root);
  const [text, slider, select] = [...root.children] as HTMLElement[];
  const typing = watchTyping(root);
  const write = (field = text): void => void fireEvent.input(field as Element, { target: { value: "1" } });
  expect(typing.is(text as Element)).toBe(false);
  for (const end of [
    () => fireEvent.keyDown(text as Element, { key: "Enter" }),
    () => fireEvent.keyDown(text as Element, { key: "Escape" }),
    () => fireEvent.focusIn(select as Element),
  ]) {
    write();
    expect(typing.is(text as Element)).toBe(true);
    end();
    expect(typing.is(text as Element)).toBe(false);
  }
  write(slider);
  expect(typing.is(slider as Element)).toBe(false);
  text?.setAttribute("aria-invalid", "true");
  expect(typing.is(text as Element)).toBe(true);
  typing.remove();
  write();
  text?.removeAttribute("aria-invalid");
  expect(typing.is(text as Element)).toBe(false);
  root.remove();
});

it("no chord stands twice for one place, and each says what it does", () => {
  const chords = KEYS.flatMap((key) => key.chords.map((chord) => `${key.where} ${chord}`));
  expect(new Set(chords).size).toBe(chords.length);
  for (const { does } of KEYS) expect(does).toMatch(/^[A-Z].*[a-z]$/);
});
