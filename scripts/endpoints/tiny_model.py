"""Make a model of random weights, three megabytes large, in the forms that servers read.

    python tiny_model.py FOLDER TEXT...

Writes FOLDER/tiny.gguf for llama.cpp, and FOLDER/tiny/ for vLLM and transformers: the same tensors and tokens in both.
The tokens are learnt from the TEXT files, so that prompts are about as many tokens as for a real model. Such a model
shows what a server does with a request, and nothing else. ``try_servers.py`` runs it in an environment of its own with
gguf, numpy, safetensors and tokenizers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy
from safetensors.numpy import save_file
from tokenizers import ByteLevelBPETokenizer

CONTEXT = 16384
LAYERS, WIDTH, HEADS, INNER = 2, 128, 2, 256
TOKENS = 4096
END, START, STOP = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def main() -> None:
    """Write both forms."""
    folder, *texts = map(Path, sys.argv[1:])
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train([str(each) for each in texts], vocab_size=TOKENS, special_tokens=[END, START, STOP])
    described = json.loads(tokenizer.to_str())
    tokens = sorted(described["model"]["vocab"], key=described["model"]["vocab"].get)
    tensors = dict(_tensors(len(tokens)))
    _write_hugging_face(folder / "tiny", described, tokens, tensors)
    _write_gguf(folder / "tiny.gguf", described, tokens, tensors)


def _tensors(tokens: int) -> Iterator[tuple[str, numpy.ndarray]]:
    """Yield the tensors by their names in transformers."""
    random = numpy.random.default_rng(1)

    def made(*shape: int) -> numpy.ndarray:
        return random.normal(0, 0.08, shape).astype(numpy.float32)

    ones = numpy.ones(WIDTH, numpy.float32)
    yield "model.embed_tokens.weight", made(tokens, WIDTH)
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        yield f"{at}.input_layernorm.weight", ones.copy()
        yield f"{at}.post_attention_layernorm.weight", ones.copy()
        for name in "qkvo":
            yield f"{at}.self_attn.{name}_proj.weight", made(WIDTH, WIDTH)
        yield f"{at}.mlp.gate_proj.weight", made(INNER, WIDTH)
        yield f"{at}.mlp.up_proj.weight", made(INNER, WIDTH)
        yield f"{at}.mlp.down_proj.weight", made(WIDTH, INNER)
    yield "model.norm.weight", ones.copy()
    yield "lm_head.weight", made(tokens, WIDTH)


def _write_hugging_face(
    folder: Path, described: dict[str, object], tokens: list[str], tensors: dict[str, numpy.ndarray]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "vocab_size": len(tokens),
        "max_position_embeddings": CONTEXT,
        "rms_norm_eps": 1e-5,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "tie_word_embeddings": False,
        "dtype": "float32",
    }
    about = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": END,
        "eos_token": STOP,
        "model_max_length": CONTEXT,
        "chat_template": TEMPLATE,
    }
    for name, value in (
        ("config", config),
        ("tokenizer_config", about),
        ("tokenizer", described),
        ("generation_config", {"eos_token_id": 2}),
    ):
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _write_gguf(path: Path, described: dict[str, object], tokens: list[str], tensors: dict[str, numpy.ndarray]) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    control = {END, START, STOP}
    writer.add_token_types([gguf.TokenType.CONTROL if each in control else gguf.TokenType.NORMAL for each in tokens])
    merges = described["model"]["merges"]  # type: ignore[index]
    writer.add_token_merges([each if isinstance(each, str) else " ".join(each) for each in merges])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_chat_template(TEMPLATE)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, LAYERS)
    for name, tensor in tensors.items():
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)) or name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
