import { useRef } from "react";
import { Button } from "../controls/Button";
import { IconButton } from "../controls/IconButton";
import { useApp, useSelect } from "../state/context";
import { css } from "./offer.module.css";

/** What the task with the trainer would rather start from, where the model is the user's own: it stays until the button is pressed. */
export function OfferNote() {
  const { actions } = useApp();
  const offer = useSelect((state) => (state.offer && state.declined !== state.offer.text + state.offer.label ? state.offer : null));
  const place = useRef<HTMLDivElement>(null);
  /** The buttons go with the offer: keys then act on the canvas. */
  const rest = (): void => place.current?.closest<HTMLElement>(".rcw-root")?.focus({ preventScroll: true });
  return (
    <div className={css.offers} aria-live="polite" ref={place}>
      {offer ? (
        <p className={css.offer}>
          <span>{offer.text}</span>
          <Button
            onClick={() => {
              rest();
              actions.takeOffer(offer);
            }}
          >
            {offer.label}
          </Button>
          <IconButton
            icon="close"
            label="Keep my model"
            onClick={() => {
              rest();
              actions.declineOffer(offer);
            }}
          />
        </p>
      ) : null}
    </div>
  );
}
