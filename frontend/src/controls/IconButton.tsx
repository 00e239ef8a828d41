import type { Ref } from "react";
import { Icon, type IconName } from "./Icon";
import { css } from "./button.module.css";

interface Props {
  icon: IconName;
  label: string;
  title?: string;
  disabled?: boolean;
  onClick: () => void;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, title = label, disabled = false, onClick, ref }: Props) {
  return (
    <button ref={ref} type="button" className={css.icon} aria-label={label} title={title} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
