import { useReactFlow } from "@xyflow/react";
import { IconButton } from "../controls/IconButton";
import { DeviceChip, EditButtons } from "../panels/EditButtons";
import { useApp } from "../state/context";
import { useFitView } from "./useFit";
import { css } from "./tools.module.css";

/** The small bar on the canvas: zoom, fit, and the editing buttons where the top bar has no room for them. */
export function CanvasTools({ withEditing }: { withEditing: boolean }) {
  const flow = useReactFlow();
  const fit = useFitView();
  const { store } = useApp();
  return (
    <div className={css.tools}>
      {withEditing ? (
        <>
          <EditButtons look="icon" />
          <span className={css.line} />
        </>
      ) : null}
      <IconButton icon="minus" label="Zoom out" onClick={() => void flow.zoomOut()} />
      <IconButton icon="plus" label="Zoom in" onClick={() => void flow.zoomIn()} />
      <IconButton icon="fit" label="Show all" onClick={() => fit(true)} />
      <IconButton icon="keys" label="Keys" title="Keys: what each key does (?)" onClick={() => store.setState({ keysShown: true })} />
      {withEditing ? <DeviceChip /> : null}
    </div>
  );
}
