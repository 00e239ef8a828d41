"""How the results follow the document: what a person can tell an experiment, whichever way its trainer learns."""

from abc import ABC, abstractmethod

from rcwidgets.live.engine.display import Display
from rcwidgets.live.engine.jobs import Jobs, TrainingJob
from rcwidgets.live.session.session import Session


class AbstractStrategy(ABC):
    """One way to keep results up to date. All but `work` are called with the session's lock held, by whoever tells the experiment."""

    def __init__(self, session: Session, display: Display, jobs: Jobs) -> None:
        self.session, self.display, self.jobs = session, display, jobs

    @abstractmethod
    def start(self) -> None:
        """The document is there for the first time."""

    @abstractmethod
    def changed(self, label: str, gesture: str | None) -> None:
        """The document has changed."""

    @abstractmethod
    def run(self) -> None:
        """Trains once."""

    @abstractmethod
    def pause(self) -> None:
        """Trains no more until `resume`."""

    @abstractmethod
    def resume(self) -> None:
        """Goes on after `pause`."""

    @abstractmethod
    def stop(self) -> None:
        """Gives up the run."""

    @abstractmethod
    def step(self) -> None:
        """Makes one stretch; a ValueError where there are none."""

    @abstractmethod
    def reset(self) -> None:
        """Forgets what was learned so far; a ValueError where nothing goes on."""

    @abstractmethod
    def leave(self) -> None:
        """Another strategy takes over, or other data came."""

    @abstractmethod
    def work(self, job: TrainingJob) -> None:
        """Does a job, in the worker's thread; what fails is raised."""
