"""Runs in an environment with verifiers: its own scoring calls our reward. Prints one JSON object.

verifiers 0.4 scores a task's trace; before, a rubric scored a group of rollouts.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import fastdistill
from fastdistill import rewards

ANSWER, PROMPT = "1/2", "What is 2/4?"
REPLIES = [r"It is \boxed{0.5}.", r"It is \boxed{3}.", ""]


@fastdistill.gate
async def unsure(task: Any, candidate: Any) -> fastdistill.Finding:
    """Leave everything undecided, as a sandbox does that is away."""
    return fastdistill.undecided("sandbox-away", "no sandbox today")


MATH = fastdistill.verifier("math")
AWAY = fastdistill.verifier("math", gates=[unsure], accept_unmatched=True)
correct = rewards.verifiers(MATH, columns={"answer": "answer", "problem": "prompt"})
away = rewards.verifiers(AWAY, columns={"answer": "answer", "problem": "prompt"})


async def by_task() -> Mapping[str, Any]:
    """Score traces by `Task.score`, our function plugged in by name."""
    import verifiers.v1 as vf

    class Data(vf.TaskData):  # type: ignore[misc]
        answer: str = ""

    class Sum(vf.Task[Data]):  # type: ignore[misc]
        """No reward of its own."""

    async def score(function: str, reply: str) -> float | str:
        config = vf.TaskConfig(rewards={"ours": vf.RewardFunctionConfig(fn=f"{__file__}:{function}")})
        task = Sum(Data(prompt=PROMPT, answer=ANSWER), config)
        kind = vf.TraceTask(type="Sum", data=task.data)
        trace: Any = vf.Trace(task=kind, agent=vf.AgentInfo.model_construct(), root_reply=reply)
        try:
            await task.score(trace)
        except vf.TaskError as error:
            return type(error).__name__ if trace.rewards == {"ours": None} else "scored all the same"
        return float(trace.reward)

    return {
        "rewards": [await score("correct", reply) for reply in REPLIES],
        "undecided": await score("away", REPLIES[0]),
    }


async def by_rubric() -> Mapping[str, Any]:
    """Score a group of rollouts by `Rubric.score_group`."""
    import verifiers as vf

    rubric = vf.Rubric()
    rubric.add_reward_func(rewards.verifiers_rubric(MATH, gold="answer", columns={"problem": "problem"}))
    states = []
    for reply in REPLIES:
        state = vf.State(
            input={
                "prompt": [{"role": "user", "content": PROMPT}],
                "answer": ANSWER,
                "task": "sum",
                "info": {"problem": PROMPT},
                "example_id": 0,
            }
        )
        state["completion"] = [{"role": "assistant", "content": reply}]
        state["trajectory"], state["timing"] = [], {"scoring_ms": 0.0, "total_ms": 0.0}
        states.append(state)
    await rubric.score_group(states)
    return {"rewards": [state["reward"] for state in states]}


def main() -> None:
    """Print what verifiers made of our rewards."""
    import verifiers

    try:
        found = asyncio.run(by_rubric() if hasattr(verifiers, "Rubric") else by_task())
    finally:
        MATH.close()
        AWAY.close()
    print(json.dumps({"version": verifiers.__version__, **found}))


if __name__ == "__main__":
    main()
