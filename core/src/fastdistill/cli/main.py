"""The command group, and how an error becomes a message and an exit code."""

import importlib
import os
import sys

import click

COMMANDS = {
    "run": ("fastdistill.cli.run", "Ask a teacher, judge its answers, write a dataset."),
    "report": ("fastdistill.cli.report", "Show what a run found."),
    "view": ("fastdistill.cli.view", "Look through a run in the browser."),
    "audit": ("fastdistill.cli.audit", "Measure the gates' own error rates."),
    "replay": ("fastdistill.cli.replay", "Judge a run's recorded answers again, without a network."),
    "eval": ("fastdistill.cli.evaluate", "Measure a student through the gates."),
    "compare": ("fastdistill.cli.compare", "Say which of two students is better, if that may be said."),
    "diagnose": ("fastdistill.cli.diagnose", "Say whose fault a weak student is."),
    "serve": ("fastdistill.cli.serve", "Serve a scenario's gates as a verifier over HTTP."),
    "export": ("fastdistill.cli.export", "Write a run in the form that a trainer reads."),
    "push": ("fastdistill.cli.push", "Publish a run's dataset with a card on a hub."),
    "merge": ("fastdistill.cli.merge", "Make one run of all the shards of a run."),
    "verify": ("fastdistill.cli.verify", "Check a run's files against its manifest."),
    "neighbour": ("fastdistill.cli.neighbour", "Write the neighbour database that refused an answer."),
    "diff": ("fastdistill.cli.diff", "Show what changed between two runs."),
    "new": ("fastdistill.cli.new", "Write the package of a plugin of your own."),
    "plugins": ("fastdistill.cli.plugins", "List what is installed, and what failed to load."),
    "doctor": ("fastdistill.cli.doctor", "Say what this machine has and lacks for a run."),
    "config": ("fastdistill.cli.config", "Print the resolved run file with each value's origin."),
    "tasks": ("fastdistill.cli.tasks", "Check task files, import released datasets as tasks."),
    "models": ("fastdistill.cli.models", "List and fetch the weights of embedded teachers."),
}


class Lazy(click.Group):
    """Imports a command when it is called; its one-line help stands here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for a wrong one."""
        if args and args[0] not in COMMANDS:
            from fastdistill.serde import nearest

            ctx.fail(
                f"there is no command {args[0]!r}{nearest(args[0], list(COMMANDS))}; "
                f"there are: {', '.join(COMMANDS)}"
            )
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"fd, version {version('fastdistill')}")
        ctx.exit()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version.",
)
@click.option("--debug", is_flag=True, expose_value=False, help="Print tracebacks; anywhere in a command.")
def cli() -> None:
    """Fast Distill: distil a teacher into a dataset in which every row is verified."""


def main() -> None:
    """Run `fd`; 1 for an error of ours, 2 for usage, 3 for the environment, 130 when interrupted."""
    words = sys.argv[1:]
    ours = words[: words.index("--")] if "--" in words else words
    debug = "--debug" in ours
    words = [word for word in ours if word != "--debug"] + words[len(ours) :]
    try:
        code = cli.main(args=words, standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("fd: interrupted", err=True)
        sys.exit(130)
    except click.NoSuchOption as error:
        _no_such_option(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:  # noqa: BLE001  told without secrets
        sys.exit(_explained(error, debug=debug))
    sys.exit(code if isinstance(code, int) else 0)


def _no_such_option(error: click.NoSuchOption) -> None:
    """Say where a run file has what an option that there is none of was meant to set, if it does."""
    from fastdistill.cli.terminal import echo
    from fastdistill.keys import setting_for

    takes = error.ctx is not None and any("--set" in one.opts for one in error.ctx.command.params)
    hint = setting_for(error.option_name) if takes else ""
    if hint:
        echo(f"fd: there is no option {error.option_name!r}{hint}", err=True)
    else:
        error.show()


def _explained(error: BaseException, *, debug: bool = False) -> int:
    """Say what went wrong in a sentence, behind a traceback under --debug; return the exit code."""
    from fastdistill.cli.terminal import echo, explain
    from fastdistill.errors import FastDistillError, raised_at

    if debug:
        explain(error)
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, FastDistillError):
        echo("\n".join([f"fd: {error}", *getattr(error, "__notes__", [])]), err=True)
        return error.exit_code
    if type(error).__module__ == "sqlite3":
        said = [f"fd: a database cannot be read or written: {error}", *getattr(error, "__notes__", [])]
        echo("\n".join(said), err=True)
        return 3
    if isinstance(error, OSError) and error.strerror:
        where = f" {str(error.filename)!r}" if error.filename else ""
        echo(f"fd: the machine refuses{where}: {error.strerror}", err=True)
        return 3
    echo(
        f"fd: this is a fault of ours: {type(error).__name__}{raised_at(error)}. Report it with what "
        "the same command says under --debug",
        err=True,
    )
    return 1
