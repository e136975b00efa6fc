"""Tables of the grammar: functions, constants, relations and what stands for them in plain text."""

FUNCTIONS = frozenset([
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "log", "ln", "lg", "exp", "det", "gcd", "lcm", "max", "min", "asin", "acos", "atan", "arccot",
    "floor", "ceil", "abs", "re", "Re", "Im", "arg", "tr", "sgn", "sign", "cis",
])  # fmt: skip
FUNCTION_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "lg": "log10", "sign": "sgn"}
APPLIED = frozenset(["f", "g", "h", "F", "G", "H", "P", "Pr"])
"""Letters that a bracket is applied to, not multiplied by."""
BIG = frozenset(["sum", "prod", "int", "lim", "iint", "oint"])
CONSTANTS = {"pi": "pi", "infty": "inf", "infinity": "inf", "oo": "inf", "inf": "inf"}
CONSTANT_WORDS = frozenset(["pi", "infinity", "oo", "inf", "infty"])
RELATIONS = {
    "=": "eq", "==": "eq", ":=": "eq", "!=": "ne", "<": "lt", ">": "gt", "<=": "le", ">=": "ge",
    r"\ne": "ne", r"\le": "le", r"\ge": "ge", r"\approx": "approx", r"\in": "in", r"\notin": "notin",
    r"\equiv": "equiv", r"\to": "to", "->": "to", r"\sim": "sim", r"\subset": "subset",
    r"\subseteq": "subset", r"\perp": "perp", r"\parallel": "parallel", r"\propto": "propto",
    r"\implies": "implies", r"\Rightarrow": "implies", "=>": "implies", r"\iff": "iff",
    r"\Leftrightarrow": "iff",
}  # fmt: skip
SETS = {r"\cup": "union", r"\cap": "inter", r"\setminus": "minus"}
GREEK = frozenset([
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma",
    "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "ell", "hbar",
    "triangle", "angle", "nabla", "partial", "aleph",
])  # fmt: skip
_SHORT_WORDS = (
    "we get is so the of to it has are was for all can if our you let now not yes but how its that any"
)
ENGLISH = frozenset(_SHORT_WORDS.split())
"""Short words that are no product of letters."""
MATRICES = frozenset(["pmatrix", "bmatrix", "matrix", "vmatrix", "Bmatrix", "smallmatrix", "array"])
