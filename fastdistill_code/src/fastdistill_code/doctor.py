"""What the scenarios `code` and `javascript` say of this machine to `fd doctor`."""

from collections.abc import Iterator

from fastdistill import DoctorCheck, SetupError
from fastdistill_code.sandbox.doctor import diagnose


def checks() -> Iterator[DoctorCheck]:
    """The sandbox's level, why no stronger one, and what gives more. Starts one zygote."""
    found = diagnose()
    level, name = found["level"], "code sandbox"
    if level is None:
        yield DoctorCheck(name=name, ok=False, detail=found["why"], advice=found["more"], data=found)
        return
    why = "; ".join(f"{measure}: {reason}" for measure, reason in found["refused"].items())
    said = [f"programs run at the level {level!r}"]
    if why:
        said.append(f"refused here: {why}")
    if found["open"]:
        said.append(f"left open: {'; '.join(found['open'])}")
    if not found["usable"]:
        said.append("nothing runs unless the run file says `allow_weak_sandbox = true`")
    yield DoctorCheck(
        name=name,
        ok=False if not found["usable"] else True if level == "full" else None,
        detail=". ".join(said),
        advice="" if level == "full" else found["more"],
        data=found,
    )


def node_checks() -> Iterator[DoctorCheck]:
    """Whether there is a Node that is new enough; the level is told by the scenario `code`."""
    from fastdistill_code.javascript.node import node

    try:
        found = node()
    except SetupError as error:
        advice = "install Node 18 or later if you want the scenario `javascript`"
        yield DoctorCheck(name="node", ok=None, detail=str(error), advice=advice)
        return
    data = {"version": found.name, "program": found.program}
    yield DoctorCheck(name="node", ok=True, detail=f"{found.name} at {found.program}", data=data)
