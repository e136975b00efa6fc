"""The temporary tables that a list of tasks is searched by, and how they are filled and counted."""

TABLES = """
DROP TABLE IF EXISTS temp.changed; DROP TABLE IF EXISTS temp.listed;
DROP TABLE IF EXISTS temp.answered; DROP TABLE IF EXISTS temp.tagged;
CREATE TEMP TABLE listed (position INTEGER PRIMARY KEY, task_id TEXT, status TEXT, reason TEXT, grp TEXT,
    attempts INTEGER, recent REAL, flip TEXT);
CREATE INDEX temp.listed_status ON listed (status, position);
CREATE INDEX temp.listed_reason ON listed (reason, position) WHERE reason IS NOT NULL;
CREATE INDEX temp.listed_grp ON listed (grp, position);
CREATE INDEX temp.listed_task ON listed (task_id, position);
CREATE INDEX temp.listed_attempts ON listed (attempts, position);
CREATE INDEX temp.listed_recent ON listed (recent, position);
CREATE INDEX temp.listed_flip ON listed (flip, position) WHERE flip IS NOT NULL;
CREATE TEMP TABLE changed (position INTEGER PRIMARY KEY);
CREATE TEMP TABLE answered (position INTEGER, attempt INTEGER, teacher TEXT, gate TEXT, reason TEXT);
CREATE INDEX temp.answered_at ON answered (position);
CREATE INDEX temp.answered_reason ON answered (reason, position);
CREATE INDEX temp.answered_gate ON answered (gate, position);
CREATE INDEX temp.answered_teacher ON answered (teacher, position);
CREATE INDEX temp.answered_attempt ON answered (attempt, position);
CREATE TEMP TABLE tagged (tag TEXT, position INTEGER, PRIMARY KEY (tag, position)) WITHOUT ROWID;
CREATE INDEX temp.tagged_at ON tagged (position);
"""
# attempts and times are negative, so that every order is an ascending one
LIST = """
INSERT OR REPLACE INTO temp.listed
SELECT t.position, t.task_id,
    iif(t.duplicate_of IS NOT NULL, 'skipped', COALESCE(d.status, 'unfinished')) AS status,
    iif(t.duplicate_of IS NOT NULL, 'duplicate', d.reason) AS reason,
    t.grp, -COALESCE(d.attempts, 0), -COALESCE(d.at, 0),
    (SELECT o.status || ' to '
       || iif(t.duplicate_of IS NOT NULL, 'skipped', COALESCE(d.status, 'unfinished'))
       FROM temp.other o WHERE o.sample_id = t.sample_id AND (o.status, COALESCE(o.reason, ''))
       <> (iif(t.duplicate_of IS NOT NULL, 'skipped', COALESCE(d.status, 'unfinished')),
           COALESCE(iif(t.duplicate_of IS NOT NULL, 'duplicate', d.reason), '')))
FROM main.tasks t LEFT JOIN main.decisions d ON d.sample_id = t.sample_id WHERE t.position IN ({these})
"""
ANSWERS = """
INSERT INTO temp.answered
SELECT t.position, a.attempt, a.teacher, v.gate, v.reason
FROM main.tasks t JOIN main.attempts a ON a.sample_id = t.sample_id
LEFT JOIN main.verdicts v ON v.sample_id = t.sample_id AND v.attempt = a.attempt AND v.outcome <> 'pass'
WHERE t.position IN ({these})
"""
TAGS = """
INSERT OR IGNORE INTO temp.tagged
SELECT j.value, t.position FROM main.tasks t, json_each(t.row, '$.tags') j
WHERE t.position IN ({these}) AND json_valid(t.row) AND typeof(j.value) = 'text'
"""
RANGE = "SELECT position FROM main.tasks WHERE position > :after ORDER BY position LIMIT :step"
RECENT = (
    "SELECT t.position FROM main.decisions d CROSS JOIN main.tasks t"  # in this order: few are recent
    " WHERE d.at >= :at AND t.sample_id = d.sample_id AND t.position <= :last"
)
COUNTS = {
    "status": "SELECT status AS name, COUNT(*) AS n FROM temp.listed GROUP BY 1",
    "reason": "SELECT name, SUM(n) AS n FROM ("
    "SELECT reason AS name, COUNT(DISTINCT position) AS n FROM temp.answered"
    " WHERE reason IS NOT NULL GROUP BY 1"
    " UNION ALL SELECT reason, COUNT(*) FROM temp.listed WHERE reason IS NOT NULL"
    " AND reason NOT IN (SELECT DISTINCT reason FROM temp.answered WHERE reason IS NOT NULL) GROUP BY 1)"
    " GROUP BY 1",
    "gate": "SELECT gate AS name, COUNT(DISTINCT position) AS n FROM temp.answered"
    " WHERE gate IS NOT NULL GROUP BY 1",
    "teacher": "SELECT teacher AS name, COUNT(DISTINCT position) AS n FROM temp.answered GROUP BY 1",
    "attempt": "SELECT attempt AS name, COUNT(DISTINCT position) AS n FROM temp.answered GROUP BY 1",
    "tag": "SELECT tag AS name, COUNT(*) AS n FROM temp.tagged GROUP BY 1",
    # a group of one task is its own sample: nothing to choose from
    "group": "SELECT grp AS name, COUNT(*) AS n FROM temp.listed GROUP BY 1 HAVING COUNT(*) > 1",
    "flip": "SELECT flip AS name, COUNT(*) AS n FROM temp.listed WHERE flip IS NOT NULL GROUP BY 1",
}
