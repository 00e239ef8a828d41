import { fireEvent, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { cutFile, PIECE, refusedFile } from "../src/model/files";
import { edits, show, wait, type Shown } from "./app";

const CSV = "wind,city,rain,sun\n1,Oslo,2,3\n4,Rome,5,6\n";
const file = (text: string, name = "weather.csv"): File => new File([text], name, { type: "text/csv" });
const picker = (shown: Shown): HTMLInputElement => shown.element.querySelector('input[type="file"]') as HTMLInputElement;
const uploads = ({ kernel }: Shown) => kernel.app.sent.filter((message) => message["type"] === "upload");

async function chosen(): Promise<Shown> {
  const shown = await show();
  await userEvent.selectOptions(shown.view.getByRole("combobox", { name: "Task" }), "data");
  return shown;
}

async function loaded(text = CSV): Promise<Shown> {
  const shown = await chosen();
  await userEvent.upload(picker(shown), file(text));
  await wait(0);
  return shown;
}

describe("data of one's own", () => {
  it("can be chosen without any: then a file can be loaded, whatever was selected before", async () => {
    const shown = await show();
    fireEvent.click(shown.element.querySelector('[data-id="r"]') as Element);
    expect(shown.view.queryByRole("button", { name: "Load a CSV file" })).toBeNull();
    await userEvent.selectOptions(shown.view.getByRole("combobox", { name: "Task" }), "data");
    expect(shown.view.getByRole("button", { name: "Load a CSV file" })).toBeTruthy();
    expect(shown.view.queryByRole("table")).toBeNull();
  });

  it("are sent as bytes, and the columns of numbers are shown, all of them ticked, with the reasons for the others", async () => {
    const shown = await loaded();
    expect(uploads(shown)).toMatchObject([{ type: "upload", name: "weather.csv", piece: 0, pieces: 1 }]);
    expect(shown.view.getByText("weather.csv")).toBeTruthy();
    const ticks = shown.view.getAllByRole("checkbox", { name: / as / }) as HTMLInputElement[];
    expect(ticks.map((tick) => tick.getAttribute("aria-label"))).toEqual([
      "All columns as input",
      "All columns as target",
      "wind as input",
      "wind as target",
      "rain as input",
      "rain as target",
      "sun as input",
      "sun as target",
    ]);
    expect(ticks.every((tick) => tick.checked)).toBe(true);
    expect(shown.view.getByText(/Not usable: city \(text\)\./)).toBeTruthy();
  });

  it("a tick takes a column out or in, by the keyboard too; all of them are none in particular", async () => {
    const shown = await loaded();
    const rain = shown.view.getByRole("checkbox", { name: "rain as input" });
    rain.focus();
    await userEvent.keyboard(" ");
    expect(edits(shown.kernel).at(-1)).toEqual({ op: "set", owner: "task", knob: "inputs", value: ["wind", "sun"] });
    expect((shown.view.getByRole("checkbox", { name: "All columns as input" }) as HTMLInputElement).indeterminate).toBe(true);
    await userEvent.click(rain);
    expect(edits(shown.kernel).at(-1)).toMatchObject({ knob: "inputs", value: null });
    await userEvent.click(shown.view.getByRole("checkbox", { name: "All columns as target" }));
    expect(edits(shown.kernel).at(-1)).toMatchObject({ knob: "targets", value: [] });
    await userEvent.click(shown.view.getByRole("checkbox", { name: "sun as target" }));
    expect(shown.kernel.document.task.knobs["targets"]).toEqual(["sun"]);
  });

  it("the kernel's sentence about a column stands under the columns", async () => {
    const shown = await loaded();
    const text = "No target is chosen. Take at least one column as target.";
    const status = { ...shown.kernel.statusOf(), problems: [{ owner: "task", knob: "targets", text }] };
    shown.kernel.status.push(status as unknown as Record<string, unknown>);
    await wait(0);
    const tick = shown.view.getByRole("checkbox", { name: "sun as target" });
    expect(document.getElementById(tick.getAttribute("aria-describedby") ?? "")?.textContent).toBe(text);
  });

  it("a file that the kernel refuses is a sentence at the button, and the next file takes it away", async () => {
    const shown = await loaded("a,b\n1,2\n3\n");
    expect(shown.view.getByRole("alert").textContent).toBe("weather.csv: Line 3 has another number of cells.");
    expect(shown.view.queryByRole("table")).toBeNull();
    await userEvent.upload(picker(shown), file(CSV));
    await wait(0);
    expect(shown.view.queryByRole("alert")).toBeNull();
    expect(shown.view.getByRole("button", { name: "Replace by another CSV file" })).toBeTruthy();
  });

  it("an empty file and one that is too large are not sent", async () => {
    const shown = await loaded("");
    expect(shown.view.getByRole("alert").textContent).toBe("weather.csv is empty.");
    expect(uploads(shown)).toEqual([]);
    expect(refusedFile({ name: "big.csv", size: 20_000_000_001 })).toBe(
      "big.csv is too large: a page sends up to 20 GB. Read it in Python by its path.",
    );
    expect(refusedFile({ name: "fits.csv", size: 20_000_000_000 })).toBeNull();
  });

  it("how a file was read is a dialog: its first rows, what each column was taken for, and the options, which are read anew", async () => {
    const shown = await loaded();
    expect(shown.view.getByText("Line 1 was read as the names.")).toBeTruthy();
    await userEvent.click(shown.view.getByRole("button", { name: "How it was read" }));
    const dialog = within(shown.view.getByRole("dialog", { name: "How weather.csv was read" }));
    const rows = dialog.getAllByRole("row").map((row) => row.textContent);
    expect(rows).toEqual(["windcityrainsun", "numberleft out: textnumbernumber", "1Oslo23", "4Rome56"]);
    const separator = dialog.getByRole("combobox", { name: "Separator" }) as HTMLSelectElement;
    expect(separator.selectedOptions[0]?.textContent).toBe("found: comma");
    await userEvent.selectOptions(separator, "semicolon");
    await userEvent.selectOptions(dialog.getByRole("combobox", { name: "Time column" }), "none, rows are counted");
    await userEvent.type(dialog.getByRole("textbox", { name: "Lines to skip" }), "3{Enter}");
    const read = () => shown.kernel.app.sent.filter((message) => message["type"] === "read").map((message) => message["options"]);
    expect(read()).toEqual([{ separator: ";" }, { separator: ";", time: false }, { separator: ";", time: false, skip_rows: 3 }]);
    await userEvent.selectOptions(dialog.getByRole("combobox", { name: "Separator" }), "found: comma");
    expect(read().at(-1)).toEqual({ time: false, skip_rows: 3 });
    await userEvent.click(dialog.getByRole("button", { name: "Find out all" }));
    expect(read().at(-1)).toEqual({});
    await userEvent.keyboard("{Escape}");
    expect(shown.view.queryByRole("dialog")).toBeNull();
  });

  it("options that the kernel refuses are a sentence in the dialog, which stays", async () => {
    const shown = await loaded();
    await userEvent.click(shown.view.getByRole("button", { name: "How it was read" }));
    await userEvent.type(shown.view.getByRole("textbox", { name: "Lines to skip" }), "many{Enter}");
    const dialog = within(shown.view.getByRole("dialog", { name: "How weather.csv is read" }));
    expect(dialog.getByRole("alert").textContent).toBe('Lines to skip must be a number, got "many".');
    expect((dialog.getByRole("textbox", { name: "Lines to skip" }) as HTMLInputElement).value).toBe("many");
    await userEvent.clear(dialog.getByRole("textbox", { name: "Lines to skip" }));
    await userEvent.keyboard("{Enter}");
    expect(shown.view.queryByRole("alert")).toBeNull();
  });

  it("a file can be dropped on the panel", async () => {
    const shown = await chosen();
    const panel = shown.view.getByRole("group", { name: "Data" });
    const dataTransfer = { types: ["Files"], files: [file(CSV, "dropped.csv")] };
    expect(fireEvent.dragOver(panel, { dataTransfer })).toBe(false); // the page does not open the file
    expect(panel.className).toContain("rcw-data-over");
    fireEvent.drop(panel, { dataTransfer });
    await wait(0);
    expect(panel.className).not.toContain("rcw-data-over");
    expect(shown.view.getByText("dropped.csv")).toBeTruthy();
  });
});

it("a large file travels in pieces", async () => {
  const whole = Uint8Array.from({ length: 2 * PIECE + 5 }, (_, place) => place % 251);
  const pieces = cutFile(new File([whole], "large.csv"));
  expect(pieces.map((piece) => piece.size)).toEqual([PIECE, PIECE, 5]);
  expect(new Uint8Array(await (pieces[2] as Blob).arrayBuffer())).toEqual(whole.slice(2 * PIECE));
});
