"""What `fd new` can write: for each kind its hook, its words and what its tests need."""

from attrs import frozen

from fastdistill.host import Kind


@frozen(kw_only=True)
class Template:
    """One kind of package."""

    hook: Kind
    article: str
    """What it does, for the README: `$name` stands for its name."""
    use: str
    """How a run uses it, for the README."""
    extra: str = ""
    """The extra of `fastdistill` that it needs."""
    needs: tuple[str, ...] = ()
    """Further distributions that its tests need."""


_RUN_FILE = "In a run file:\n\n```toml\n{}\n```"

TEMPLATES: dict[str, Template] = {
    "rule": Template(
        hook="rules",
        article="A rule for Fast Distill: a pure, cheap check of an answer's text.",
        use=_RUN_FILE.format('extra_gates = ["$name"]\n\n[rules.$name]\nmost_words = 100'),
    ),
    "gate": Template(
        hook="exec_evals",
        article="An exec-eval for Fast Distill: a gate that runs an answer in a worker process.",
        use=_RUN_FILE.format('extra_gates = ["$name"]\n\n[exec_evals.$name]\ncpu = 2.0'),
    ),
    "judge": Template(
        hook="judges",
        article="A judge for Fast Distill: a gate that asks a model's opinion.",
        use=_RUN_FILE.format(
            'extra_gates = ["$name"]\n\n[judges.$name]\nteacher = "critic"\n\n[[helper]]\nname = "critic"\n'
            'provider = "openai"\nmodel = "gpt-4.1-mini"'
        ),
    ),
    "provider": Template(
        hook="providers",
        article="A provider for Fast Distill: a way to reach a model.",
        use=_RUN_FILE.format(
            '[[teacher]]\nprovider = "$name"\nmodel = "MODEL"\n'
            'options = { base_url = "http://localhost:8000/v1" }'
        ),
        extra="[http]",
        needs=("fastdistill-simulator",),
    ),
    "scenario": Template(
        hook="scenarios",
        article="A scenario for Fast Distill: a kind of task, its prompt, its reader and its gate.",
        use="```sh\nfd run --scenario $name --teacher PROVIDER:MODEL --out runs/first\n"
        "fd audit --scenario $name      # how often its gate is wrong\n```",
    ),
    "reporter": Template(
        hook="reporters",
        article="A reporter for Fast Distill: it receives every event of a run.",
        use=_RUN_FILE.format('[reporters.$name]\npath = "accepted.txt"'),
    ),
    "exporter": Template(
        hook="exporters",
        article="An exporter for Fast Distill: a form of dataset.",
        use="```sh\nfd export runs/first --to $name --out data\n```",
    ),
    "source": Template(
        hook="sources",
        article="A task source for Fast Distill: a kind of file that tasks are read from.",
        use="```sh\nfd run --tasks tasks.$name --scenario math --teacher PROVIDER:MODEL\n```",
    ),
}
"""By the word that `fd new` takes."""
