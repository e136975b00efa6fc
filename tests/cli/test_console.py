"""What a person sees of a run: at a terminal of any width, in a log, and when it has ended."""

import io
from pathlib import Path

import anyio
import pytest
from rich.console import Console as Terminal
from support.toy import Heard, solve, toy_run, write_tasks

from fastdistill import Call
from fastdistill.cli.ending import summary
from fastdistill.cli.figures import Figures
from fastdistill.cli.progress import Plain, _panel, opening
from fastdistill.model.report import Finished, Noticed, Progress, Started, Ticked

MIDWAY = Progress(
    total=60, seen=60, asked=96, in_flight=24, answered=72, accepted=33, rejected=1, failed=2, retries=3,
    prompt_tokens=47_360, completion_tokens=6417,
    reasons={"wrong-rows": 30, "no-sql": 5, "refusal": 3, "x": 1},
    elapsed=60.0, eta=20.0, eta_of="target", usd=0.0214, limit=32.0, idle_cause="gates-behind",
    gate_seconds={"sqlite": 6.9, "not-empty": 0.01}, gate_counts={"sqlite": 72, "not-empty": 72},
)  # fmt: skip


def drawn(progress: Progress, width: int, figures: Figures | None = None) -> list[str]:
    out = io.StringIO()
    terminal = Terminal(file=out, width=width, color_system=None, force_terminal=False)
    terminal.print(_panel(progress, figures or Figures(), width))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 140, 200])
def test_the_panel_fits_any_width_and_loses_nothing(width: int) -> None:
    figures = Figures(failures={"provider-fault": 2})
    lines = drawn(MIDWAY, width, figures)
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    for said in ("36/60", "0:20 left to the target", "1,980/h", "72/min", "wrong-rows 30", "1 more kinds"):
        assert said.replace(" ", "") in text.replace(" ", "")
    for said in ("waits for the gates", "$0.0214", "sqlite", "95.8 ms", "provider-fault 2", "3 retries"):
        assert said.replace(" ", "") in text.replace(" ", "")


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(total=9, idle_cause="source-slow"), "nothing asked yet: waits for the source"),
        (Progress(total=9, asked=4, in_flight=4, elapsed=75.0), "no answer yet: 4 in flight for 1:15"),
        (Progress(total=9, asked=4, answered=3), "3 answers have come and are at the gates"),
    ],
)
def test_before_anything_is_settled_it_says_what_goes_on(progress: Progress, said: str) -> None:
    assert said in " ".join(drawn(progress, 140))


def test_a_storm_of_retries_and_its_end_are_noted_once() -> None:
    figures = Figures()
    told = [
        figures.note(Progress(total=9, elapsed=at, retries=retries, answered=answers))
        for at, retries, answers in ((0, 0, 0), (11, 40, 2), (22, 80, 3), (33, 81, 60), (44, 81, 90))
    ]
    assert [one is not None for one in told] == [False, True, False, True, False]
    assert "40 retries for 2 answers" in str(told[1])
    assert "answers come again" in str(told[3])


def test_a_run_tells_who_teaches_and_ends_with_what_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(call: Call) -> str:
        said = {"1": "sorry", "2": "words \x1b[31m", "3": "9"}
        return said.get(call.prompt.messages[-1].content.split()[0], solve(call))

    heard = Heard()
    tasks = write_tasks(tmp_path / "tasks.jsonl", 8)
    anyio.run(lambda: toy_run(tmp_path / "a run", answer, "budget.accept=5", tasks=tasks, heard=heard))
    (started,) = [one for one in heard.events if isinstance(one, Started)]
    assert opening(started)[1] == "taught by scripted:m"
    (finished,) = [one for one in heard.events if isinstance(one, Finished)]
    lines = summary(finished, Figures())
    text = "\n".join(lines)
    assert "look at next:" in lines
    assert "  refusal 1, such as t1: " in text
    assert "  wrong-sum 1, such as t3: not 4" in text
    assert f"fd view '{tmp_path / 'a run'}'" in text
    plain = Plain()
    for event in heard.events:
        anyio.run(plain, event)
    shown = capsys.readouterr()
    assert "taught by scripted:m" in shown.err
    assert "look at next:" in shown.out
    assert "\x1b" not in shown.out + shown.err
    assert [one for one in heard.events if isinstance(one, Ticked)]
    assert not [one for one in heard.events if isinstance(one, Noticed)]
