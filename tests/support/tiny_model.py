"""Writes a tiny Llama with random weights and a byte tokenizer: `python tiny_model.py FOLDER`.

Needs transformers and torch, as vLLM does. What it says is noise; a server treats it like any model.
"""

import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

torch.manual_seed(0)
folder = sys.argv[1]
pieces = ["<s>", "</s>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=[]))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
saved = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>"
)
saved.chat_template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
saved.save_pretrained(folder)
shape = LlamaConfig(
    vocab_size=len(pieces), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
    num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=1024,
    bos_token_id=0, eos_token_id=1, pad_token_id=1, tie_word_embeddings=False,
)  # fmt: skip
LlamaForCausalLM(shape).to(torch.bfloat16).save_pretrained(folder)
