"""Which readouts can be fitted together, and which have to wait for others."""

from rcwidgets.core.model.program import Program


def fitting_order(program: Program) -> list[list[int]]:
    """The trainable nodes in groups: each group takes signals of fixed nodes and of the groups before it, so it is fitted after them.

    Feedback wires do not count: while a readout is fitted, its target takes its place on them.
    """
    depth: dict[int, int] = {}
    groups: list[list[int]] = []
    for place, wires in enumerate(program.wires):
        behind = max((depth[source] for source in wires.forward), default=0)
        if program.nodes[place].trains:
            groups += [[] for _ in range(behind + 1 - len(groups))]
            groups[behind].append(place)
            behind += 1
        depth[place] = behind
    return groups
