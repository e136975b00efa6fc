"""What this package offers: exporters."""

from collections.abc import Iterable
from typing import Any

from fastdistill import ExporterSpec, ExportLayout, hookimpl
from fastdistill_export import chat, preferences, prompts
from fastdistill_export.chat import PlainOptions
from fastdistill_export.messages import ChatOptions
from fastdistill_export.preferences import PairOptions, PlainPairOptions
from fastdistill_export.prompts import RewardOptions

JSON_ARRAY = ExportLayout(form="json")
PARQUET = ExportLayout(form="parquet")
SHAREGPT = ExportLayout(form="json", beside=chat.dataset_info)
MLX = ExportLayout(names={"train": "train", "validation": "valid", "test": "test"})


@hookimpl
def fastdistill_exporters() -> Iterable[ExporterSpec[Any]]:
    """Every form."""
    for name, summary, config, rows, layout in (
        ("sft", "messages, for most trainers", ChatOptions, chat.sft, None),
        ("prompt-completion", "TRL: loss on the completion", ChatOptions, chat.prompt_completion, None),
        ("openai", "OpenAI fine-tuning: messages alone", PlainOptions, chat.messages_only, None),
        ("mlx", "mlx-lm: a folder of train, valid and test", PlainOptions, chat.messages_only, MLX),
        ("alpaca", "instruction, input, output", PlainOptions, chat.alpaca, JSON_ARRAY),
        ("sharegpt", "LLaMA-Factory, with dataset_info.json", PlainOptions, chat.sharegpt, SHAREGPT),
        ("parquet", "one flat table", ChatOptions, chat.table, PARQUET),
        ("dpo", "TRL: prompt, chosen, rejected", PairOptions, preferences.dpo, None),
        ("kto", "TRL: prompt, completion, label", PairOptions, preferences.kto, None),
        ("axolotl-dpo", "axolotl: one message each", PlainPairOptions, preferences.axolotl_dpo, None),
        ("openai-dpo", "OpenAI preference tuning", PlainPairOptions, preferences.openai_dpo, None),
        ("verl", "verl: prompts with ground truth", RewardOptions, prompts.verl, PARQUET),
        ("skyrl", "SkyRL: prompts with ground truth", RewardOptions, prompts.skyrl, PARQUET),
        ("trl-grpo", "TRL GRPO: prompts with the task's columns", RewardOptions, prompts.trl_grpo, None),
        ("nemo-gym", "NeMo Gym: responses_create_params", RewardOptions, prompts.nemo_gym, None),
    ):
        yield ExporterSpec(
            name=name, summary=summary, config=config, rows=rows, layout=layout or ExportLayout()
        )
