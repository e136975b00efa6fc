"""`fd push`: an exported run, with its card, to a hub."""

import tempfile
from pathlib import Path
from typing import Any

import click

from fastdistill.cli.terminal import echo
from fastdistill.errors import AuthFailed, SetupError, UsageError
from fastdistill.host import PluginHost
from fastdistill.redact import scrub
from fastdistill.run.ops.export import Exported, export, finished_run
from fastdistill.serde import structure


@click.command(short_help="Publish a run's dataset with a card on a hub.")
@click.argument("runs", nargs=-1, required=True, metavar="RUN... ORG/NAME")
@click.option("--to", "form", default="sft", metavar="FORM", help="The form to publish [sft].")
@click.option("--license", "licence", metavar="ID", help="The licence that you give it, such as cc-by-4.0.")
@click.option("--public", is_flag=True, help="For everybody to see [private].")
@click.option("--dry-run", "dry", is_flag=True, help="Show the card; send nothing.")
def command(runs: tuple[str, ...], form: str, licence: str | None, public: bool, dry: bool) -> None:
    """Export runs as FORM, write a card, and send both to the dataset ORG/NAME, private unless --public.

    Sent again, files that are there already are not sent twice. The hub's own settings hold the key
    (`hf auth login`, or HF_TOKEN) and its address (HF_ENDPOINT).
    """
    *folders, name = runs
    if not folders or name.count("/") != 1 or Path(name).exists():
        raise UsageError(f"{name!r} is no name of a dataset: write `fd push RUN ORG/NAME`")
    host = PluginHost().discover()
    offer = host.get("exporters", form)
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        out = Path(tmp) / "export"
        options = structure({}, offer.spec.config, path=form)
        opened = [finished_run(Path(folder), host) for folder in folders]
        found = export(opened, offer, options, out, card=True, licence=licence)
        if dry:
            echo((out / "README.md").read_text(encoding="utf-8"))
            return
        echo(f"{_send(out, name, found, public=public)}")


def _send(folder: Path, name: str, found: Exported, *, public: bool) -> str:
    """Send a folder; return its address. Raises `SetupError` and `AuthFailed`."""
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError
    except ModuleNotFoundError:
        raise SetupError("fd push needs huggingface_hub: pip install 'fastdistill[hf]'") from None
    api: Any = HfApi()
    rows = sum(found.files.values())
    try:
        made = api.create_repo(name, repo_type="dataset", private=not public, exist_ok=True)
        api.upload_folder(
            repo_id=name,
            repo_type="dataset",
            folder_path=folder,
            commit_message=f"{rows} rows by Fast Distill",
        )
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        if status in (401, 403):
            raise AuthFailed(
                f"the hub refuses {name!r} ({status}): log in with `hf auth login`, or set HF_TOKEN to one "
                "that may write there"
            ) from None
        raise SetupError(scrub(f"the hub did not take {name!r}: {error}")) from None
    except OSError as error:
        raise SetupError(scrub(f"cannot reach the hub: {error}")) from None
    return str(made)
