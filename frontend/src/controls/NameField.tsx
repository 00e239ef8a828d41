import { useState } from "react";

interface Props {
  name: string;
  /** Called with the typed name, or null where the name stays. */
  onDone: (name: string | null) => void;
}

/** A field in the place of a node's name. Enter or leaving it takes the name, Escape leaves it as it was. */
export function NameField({ name, onDone }: Props) {
  const [typed, setTyped] = useState(name);
  return (
    <input
      className="rcw-name-field nodrag nowheel nopan"
      aria-label={`New name of ${name}`}
      value={typed}
      size={Math.max(6, typed.length)}
      maxLength={64}
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => onDone(typed)}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        else if (event.key === "Escape") {
          event.stopPropagation();
          onDone(null);
        }
      }}
    />
  );
}
