-- The ledger of one run. Rows are keyed by sample_id and request_id, so that ledgers merge by union.
CREATE TABLE IF NOT EXISTS meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row a task, in source order. `duplicate_of` is the sample_id of the first with the same input; `row`
-- is the source's row as JSON; `grp` is what a split may not part.
CREATE TABLE IF NOT EXISTS tasks (
    position INTEGER PRIMARY KEY,
    sample_id TEXT NOT NULL UNIQUE,
    task_id TEXT NOT NULL UNIQUE,
    line INTEGER NOT NULL,
    input_digest BLOB NOT NULL,
    input TEXT NOT NULL,
    has_gold INTEGER NOT NULL,
    duplicate_of TEXT,
    row TEXT NOT NULL DEFAULT '{}',
    grp TEXT NOT NULL DEFAULT '',
    split TEXT NOT NULL DEFAULT 'train'
);
CREATE INDEX IF NOT EXISTS tasks_by_input ON tasks (input_digest);

-- Lines of the source that are no tasks.
CREATE TABLE IF NOT EXISTS bad_tasks (
    position INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    task_id TEXT,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);

-- One row a question answered, whoever asked it; times are Unix seconds, latencies seconds.
-- `teacher_attempt` counts the requests to this teacher for this task, from 1.
CREATE TABLE IF NOT EXISTS completions (
    request_id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    sample_id TEXT NOT NULL,
    teacher TEXT NOT NULL,
    teacher_attempt INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    sampling TEXT NOT NULL,
    choices TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cached_tokens INTEGER,
    reasoning_tokens INTEGER,
    latency REAL NOT NULL,
    waited REAL NOT NULL,
    cached INTEGER NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS completions_by_sample ON completions (sample_id);

-- Which request answered which attempt at a task; `attempt` counts over all teachers, from 1.
CREATE TABLE IF NOT EXISTS attempts (
    sample_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    teacher TEXT NOT NULL,
    teacher_attempt INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (sample_id, attempt)
) WITHOUT ROWID;

-- Calls that failed, retried or not.
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    sample_id TEXT NOT NULL,
    teacher TEXT NOT NULL,
    purpose TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    final INTEGER NOT NULL,
    at REAL NOT NULL
);

-- Which offline batch a request was last submitted with.
CREATE TABLE IF NOT EXISTS batches (
    request_id TEXT PRIMARY KEY,
    batch_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;

-- What was read out of each choice.
CREATE TABLE IF NOT EXISTS candidates (
    sample_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    choice INTEGER NOT NULL,
    answer TEXT,
    rule TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (sample_id, attempt, choice)
) WITHOUT ROWID;

-- Verdicts in gate order, up to the first that does not pass; `elapsed` is work, `waited` the queue before it.
CREATE TABLE IF NOT EXISTS verdicts (
    sample_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    choice INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    gate TEXT NOT NULL,
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL,
    score REAL,
    evidence TEXT NOT NULL,
    exec_pass INTEGER,
    gold_match INTEGER,
    class_key TEXT,
    tell TEXT,
    differences TEXT NOT NULL DEFAULT '[]',
    elapsed REAL NOT NULL,
    waited REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (sample_id, attempt, choice, ordinal)
) WITHOUT ROWID;

-- What became of each task that is not a duplicate.
CREATE TABLE IF NOT EXISTS decisions (
    sample_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    attempt INTEGER,
    choice INTEGER,
    labelled INTEGER NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;

-- One row each time the run was started; `timing` holds what only the engine could see.
CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY,
    started REAL NOT NULL,
    ended REAL,
    outcome TEXT,
    timing TEXT
);
