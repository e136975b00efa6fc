"""Runs in an environment with skyrl-gym: our environment is registered, made and stepped as SkyRL does it.

Prints one JSON object.
"""

import json

import skyrl_gym
from skyrl_gym.envs import register

import fastdistill
from fastdistill import rewards

VERIFIER = fastdistill.verifier("math")
Environment = rewards.skyrl(VERIFIER, gold="answer", columns={"problem": "problem"})


def reward(reply: str) -> float:
    """Give one reply to a fresh environment of one task."""
    extras = {"reward_model": {"ground_truth": "1/2"}, "extra_info": {"problem": "What is 2/4?"}}
    made = skyrl_gym.make("fastdistill", env_config=None, extras=extras)
    made.init([{"role": "user", "content": "What is 2/4?"}])
    step = made.step(reply)
    assert step["done"]
    return float(step["reward"])


def main() -> None:
    """Print the rewards of a right, a wrong and an empty reply."""
    register(id="fastdistill", entry_point=Environment)
    with VERIFIER:
        found = [reward(reply) for reply in (r"\boxed{0.5}", r"\boxed{3}", "")]
    print(json.dumps({"rewards": found}))


if __name__ == "__main__":
    main()
