import { Icon, type IconName } from "./Icon";

interface Props {
  icon: IconName;
  label: string;
  title?: string;
  disabled?: boolean;
  onClick: () => void;
}

export function IconButton({ icon, label, title = label, disabled = false, onClick }: Props) {
  return (
    <button type="button" className="rcw-icon-button" aria-label={label} title={title} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
