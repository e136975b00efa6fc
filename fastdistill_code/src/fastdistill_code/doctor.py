"""What the `code` scenario says of this machine to `fd doctor`."""

from collections.abc import Iterator

from fastdistill import DoctorCheck
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
