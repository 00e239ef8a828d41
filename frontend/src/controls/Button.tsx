import type { ComponentProps } from "react";
import { css } from "./button.module.css";

interface Props extends ComponentProps<"button"> {
  /** "go" is what there is to do now, "quiet" what is seldom done. */
  look?: "go" | "quiet" | false;
  small?: boolean;
}

/** A button with a word. */
export function Button({ look, small, ...rest }: Props) {
  const looks = look === "go" ? ` ${css.go}` : look ? ` ${css.quiet}` : "";
  return <button type="button" className={`${css.button}${small ? ` ${css.small}` : ""}${looks}`} {...rest} />;
}
