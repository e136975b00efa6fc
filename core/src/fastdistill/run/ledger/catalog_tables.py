"""The tables that a list of tasks is searched by, and how they are filled and counted.

Tasks to which the same happened share a *profile*: status, reason, flip, and of every answer attempt,
teacher, stopping gate and reason. There are few of those, whatever the number of tasks, so that a filter is
a set of profiles. They stand in a database of their own, attached as `list`; `other` and `taken` are
temporary.
"""

FORMAT = "1"
"""Of these tables, as part of the name of their file."""

TABLES = """
DROP TABLE IF EXISTS list.listed; DROP TABLE IF EXISTS list.profiles;
DROP TABLE IF EXISTS list.answers; DROP TABLE IF EXISTS list.tagged;
CREATE TABLE list.listed (position INTEGER PRIMARY KEY, profile INTEGER NOT NULL, task_id TEXT, grp TEXT,
    attempts INTEGER, recent REAL);
CREATE TABLE list.profiles (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, status TEXT, reason TEXT,
    flip TEXT, n INTEGER NOT NULL DEFAULT 0);
CREATE TABLE list.answers (profile INTEGER, attempt INTEGER, teacher TEXT, gate TEXT, reason TEXT);
CREATE INDEX list.answers_of ON answers (profile);
CREATE TABLE list.tagged (position INTEGER, tag TEXT, PRIMARY KEY (position, tag)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS taken (position INTEGER PRIMARY KEY, key TEXT, status TEXT, reason TEXT,
    flip TEXT, task_id TEXT, grp TEXT, attempts INTEGER, recent REAL);
CREATE TEMP TABLE IF NOT EXISTS changed (position INTEGER PRIMARY KEY);
"""
# made once all tasks are listed: each holds what a walk along it looks at
INDEXES = (
    "CREATE INDEX IF NOT EXISTS list.listed_profile ON listed (profile, position)",
    "CREATE INDEX IF NOT EXISTS list.listed_grp ON listed (grp, position, profile)",
    "CREATE INDEX IF NOT EXISTS list.listed_task ON listed (task_id, position, profile)",
    "CREATE INDEX IF NOT EXISTS list.listed_attempts ON listed (attempts, position, profile)",
    "CREATE INDEX IF NOT EXISTS list.listed_recent ON listed (recent, position, profile)",
    "CREATE INDEX IF NOT EXISTS list.tagged_as ON tagged (tag, position)",
)
_STOPPED = """
SELECT json_group_array(json_array(attempt, teacher, gate, reason)) FROM (
    SELECT DISTINCT a.attempt, a.teacher, v.gate, v.reason FROM main.attempts a
    LEFT JOIN main.verdicts v ON v.sample_id = a.sample_id AND v.attempt = a.attempt AND v.outcome <> 'pass'
    WHERE a.sample_id = s.sample_id ORDER BY 1, 2, 3, 4)
"""
# attempts and times are negative, so that every order is an ascending one
TAKE = (
    "DELETE FROM temp.taken",
    f"""
INSERT INTO temp.taken
SELECT position, json_array(status, reason, flip, json(({_STOPPED}))), status, reason, flip, task_id, grp,
    attempts, recent
FROM (SELECT now.*, iif(o.sample_id IS NULL OR (o.status, COALESCE(o.reason, ''))
          = (now.status, COALESCE(now.reason, '')), NULL, o.status || ' to ' || now.status) AS flip
      FROM (SELECT t.position, t.sample_id, t.task_id, t.grp,
                iif(t.duplicate_of IS NOT NULL, 'skipped', COALESCE(d.status, 'unfinished')) AS status,
                iif(t.duplicate_of IS NOT NULL, 'duplicate', d.reason) AS reason,
                -COALESCE(d.attempts, 0) AS attempts, -COALESCE(d.at, 0) AS recent
            FROM main.tasks t LEFT JOIN main.decisions d ON d.sample_id = t.sample_id
            WHERE t.position IN ({{these}})) now
      LEFT JOIN temp.other o ON o.sample_id = now.sample_id) s
""",  # noqa: S608  ours
    """
INSERT OR IGNORE INTO list.profiles (key, status, reason, flip)
SELECT key, status, reason, flip FROM temp.taken GROUP BY key
""",
    """
INSERT INTO list.answers
SELECT p.id, json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), json_extract(j.value, '$[2]'),
    json_extract(j.value, '$[3]')
FROM list.profiles p, json_each(p.key, '$[3]') j WHERE p.id > :profile
""",
    """
INSERT OR REPLACE INTO list.listed
SELECT x.position, p.id, x.task_id, x.grp, x.attempts, x.recent
FROM temp.taken x CROSS JOIN list.profiles p WHERE p.key = x.key ORDER BY x.position
""",
    """
INSERT OR IGNORE INTO list.tagged
SELECT t.position, j.value FROM main.tasks t, json_each(t.row, '$.tags') j
WHERE t.position IN ({these}) AND json_valid(t.row) AND typeof(j.value) = 'text'
""",
)
RANGE = "SELECT position FROM main.tasks WHERE position > :after ORDER BY position LIMIT :step"
RECENT = (
    "SELECT t.position FROM main.decisions d CROSS JOIN main.tasks t"  # in this order: few are recent
    " WHERE d.at >= :at AND t.sample_id = d.sample_id AND t.position <= :last"
)
NUMBERS = (
    "UPDATE list.profiles SET n = 0",
    "UPDATE list.profiles SET n = c.n FROM (SELECT profile, COUNT(*) AS n FROM list.listed GROUP BY 1) c"
    " WHERE c.profile = id",
)
"""How many tasks each profile has."""


def _of_answers(column: str) -> str:
    return (
        f"SELECT name, SUM(n) AS n FROM (SELECT DISTINCT profile, {column} AS name FROM list.answers"  # noqa: S608
        f" WHERE {column} IS NOT NULL) JOIN list.profiles ON id = profile GROUP BY 1"
    )


COUNTS = {
    "status": "SELECT status AS name, SUM(n) AS n FROM list.profiles GROUP BY 1",
    "reason": "SELECT name, SUM(n) AS n FROM ("
    "SELECT profile, reason AS name FROM list.answers WHERE reason IS NOT NULL"
    " UNION SELECT id, reason FROM list.profiles WHERE reason IS NOT NULL)"
    " JOIN list.profiles ON id = profile GROUP BY 1",
    "gate": _of_answers("gate"),
    "teacher": _of_answers("teacher"),
    "attempt": _of_answers("attempt"),
    "tag": "SELECT tag AS name, COUNT(*) AS n FROM list.tagged GROUP BY 1",
    # a group of one task is its own sample: nothing to choose from
    "group": "SELECT grp AS name, COUNT(*) AS n FROM list.listed GROUP BY 1 HAVING COUNT(*) > 1",
    "flip": "SELECT flip AS name, SUM(n) AS n FROM list.profiles WHERE flip IS NOT NULL GROUP BY 1",
}
