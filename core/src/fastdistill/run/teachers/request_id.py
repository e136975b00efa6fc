"""Seeds and request identities: what makes a question the same question."""

from hashlib import sha256

from fastdistill.model.answer import Prompt, Purpose, Sampling
from fastdistill.model.task import canonical_json
from fastdistill.redact import hashed


def seed_of(run_seed: int, sample_id: str, teacher: str, attempt: int) -> int:
    """The seed of one request: the first 31 bits of sha256 over its four parts."""
    text = f"{run_seed}\n{sample_id}\n{teacher}\n{attempt}"
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") >> 1


def request_of(
    *,
    provider: str,
    model: str,
    identity: str,
    prompt: Prompt,
    sampling: Sampling,
    attempt: int,
    purpose: Purpose,
) -> str:
    """The `request_id`: sha256 of the canonical request, everything in it that changes the answer."""
    constraint = prompt.constraint
    request = {
        "provider": provider,
        "model": model,
        "identity": identity,
        "messages": [[message.role, message.content] for message in prompt.messages],
        "constraint": [constraint.kind, constraint.value] if constraint else None,
        "sampling": [
            sampling.temperature,
            sampling.top_p,
            sampling.max_tokens,
            sampling.seed,
            sampling.n,
            sampling.stop,
            hashed(sampling.extra),  # as the ledger keeps it, so that a replay finds the same request
        ],
        "attempt": attempt,
        "purpose": purpose,
    }
    return sha256(canonical_json(request, path="request").encode()).hexdigest()
