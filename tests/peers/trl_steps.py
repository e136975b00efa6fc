"""Runs in an environment with TRL: two GRPO steps of a one-layer model, its rewards from our verifier.

Prints one JSON object: what the trainer made of an undecided item, and how the steps went.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

import fastdistill
from fastdistill import rewards


def tokenizer() -> PreTrainedTokenizerFast:
    """Make a tokenizer of single bytes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: at for at, token in enumerate(["<pad>", "<eos>", *alphabet])}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>")


def model(size: int) -> LlamaForCausalLM:
    """Make a model of one layer."""
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=size, pad_token_id=0, eos_token_id=1, **shape))


def trainer(folder: str, reward: Callable[..., Any], rows: Dataset) -> GRPOTrainer:
    """Make a trainer that samples four replies a prompt."""
    words = tokenizer()
    settings = GRPOConfig(
        output_dir=folder,
        max_steps=2,
        per_device_train_batch_size=8,
        num_generations=4,
        max_completion_length=8,
        report_to=[],
        logging_steps=1,
        use_cpu=True,
        save_strategy="no",
    )
    return GRPOTrainer(
        model=model(len(words)),
        reward_funcs=reward,
        args=settings,
        train_dataset=rows,
        processing_class=words,
    )


def advantages(made: GRPOTrainer, told: list[float | None]) -> list[float]:
    """Return what the trainer makes of rewards `told`, by its own code up to the advantages."""
    made.reward_funcs = [lambda **_: told]
    made.reward_func_names = ["told"]
    seen: dict[str, Any] = {}
    inputs = [{"prompt": "a", "answer": "1"}] * 4 + [{"prompt": "b", "answer": "2"}] * 4
    found = made._generate_and_score_completions(inputs)
    seen.update(found)
    return [round(float(one), 4) for one in seen["advantages"]]


def main() -> None:
    """Train, look, print."""
    rows = Dataset.from_list([{"prompt": "1+1=", "solution": "2"}, {"prompt": "2+2=", "solution": "4"}] * 8)
    with tempfile.TemporaryDirectory() as folder, fastdistill.verifier("math") as verifier:
        found: dict[str, Any] = {}
        for name, make in (("sync", rewards.trl), ("async", rewards.trl_async)):
            made = trainer(folder, make(verifier, columns={"answer": "solution"}, undecided="skip"), rows)
            made.train()
            logs = [one for one in made.state.log_history if "reward" in one]
            found[name] = {"steps": made.state.global_step, "rewards": [one["reward"] for one in logs]}
        found["advantages"] = advantages(made, [1.0, 0.0, 0.0, None, 1.0, 1.0, 0.0, 0.0])
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
