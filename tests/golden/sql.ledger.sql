BEGIN TRANSACTION;
CREATE TABLE attempts (
    sample_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    teacher TEXT NOT NULL,
    teacher_attempt INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (sample_id, attempt)
) WITHOUT ROWID;
INSERT INTO "attempts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,'weak',1,'c8598e04902138db09bde66f9d9ea68e5ebc17451438b59a1175dbcf61e7b178');
INSERT INTO "attempts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,'weak',2,'2a55b1cfa3cd30797a77e7deed7d04307f2a71b2d9d85ac22b59163bc01a4a50');
INSERT INTO "attempts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,'strong',1,'21081665bd651f7cb8490369387cd7c4a7319a94b8bf64f21ef506f6630cd2c4');
INSERT INTO "attempts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,'weak',1,'f3a42fcba90da53256233d5529a3409275ff5302fc2941945da1b6684a287058');
INSERT INTO "attempts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,'weak',1,'a2b9ecd86cfd0ea2526cd96554aa03bb4ca287a697b1b7a189871624d02ed067');
INSERT INTO "attempts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,'weak',2,'3786721cf481f4bd3d84266dd9bc3992b5fb91a70237f063cbf5bd4d52be2798');
INSERT INTO "attempts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',1,'weak',1,'a4edd8918a91deb3f9c9cce105b40b99d4ff0f478c7362cb7453973bec5ae606');
INSERT INTO "attempts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,'weak',2,'b394f64ffd9c871365abe33831fae484b1b711af021ee4d1ceb17752936bdeab');
INSERT INTO "attempts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,'strong',1,'d5b6d350a58484fe54d16b9465a7c9b371aba0f9db5be11a7ac8ffb7c9dfee0d');
INSERT INTO "attempts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,'weak',1,'3f9236cc7631e5d493e65ff31ac687a40d862f18384832d6a8bf5cfb77003a8e');
INSERT INTO "attempts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,'strong',1,'87d86ec551855b30a60e80702584f25e155443ea8d1364adc8d66551a5d9c7e3');
CREATE TABLE bad_tasks (
    position INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    task_id TEXT,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);
INSERT INTO "bad_tasks" VALUES(4,4,NULL,'malformed-task','is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)');
INSERT INTO "bad_tasks" VALUES(7,7,'titles','duplicate-task-id','task_id ''titles'' stands twice; its first is in line 1');
INSERT INTO "bad_tasks" VALUES(9,9,'odd','malformed-task','gold_sq: unknown key (did you mean ''gold_sql''?)');
CREATE TABLE batches (
    request_id TEXT PRIMARY KEY,
    batch_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE candidates (
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
INSERT INTO "candidates" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,'SELECT MIN(price) FROM book','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,0,'SELECT FROM','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,'SELECT AVG(price) FROM book','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,'SELECT AVG(price) FROM book','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,'SELECT title FROM book ORDER BY id','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,'SELECT COUNT(*) FROM book','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,'SELECT COUNT(*) FROM book b JOIN author a ON a.id = b.author_id WHERE a.name = ''Ann''','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',1,0,NULL,'','refusal','the teacher declines to answer','{}');
INSERT INTO "candidates" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,'SELECT nome FROM author','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,'SELECT name FROM author WHERE born > 1955','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,'SELECT name FROM author WHERE born > 1955','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,'SELECT COUNT(*) FROM author','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,'SELECT title FROM book WHERE year = (SELECT MIN(year) FROM book)','fence',NULL,'','{}');
INSERT INTO "candidates" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,'SELECT title FROM book WHERE year = (SELECT MIN(year) FROM book)','fence',NULL,'','{}');
CREATE TABLE completions (
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
INSERT INTO "completions" VALUES('21081665bd651f7cb8490369387cd7c4a7319a94b8bf64f21ef506f6630cd2c4','teacher','2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f','strong',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What is the highest price?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"seed":642208481,"n":2}','[["Here:\n```sql\nSELECT AVG(price) FROM book\n```",null,"stop"],["Here:\n```sql\nSELECT AVG(price) FROM book\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('2a55b1cfa3cd30797a77e7deed7d04307f2a71b2d9d85ac22b59163bc01a4a50','teacher','2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f','weak',2,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What is the highest price?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.7,"seed":1323891339,"n":1}','[["Here:\n```sql\nSELECT FROM\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('3786721cf481f4bd3d84266dd9bc3992b5fb91a70237f063cbf5bd4d52be2798','teacher','34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682','weak',2,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: How many books did Ann write?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.7,"seed":119085913,"n":1}','[["Here:\n```sql\nSELECT COUNT(*) FROM book b JOIN author a ON a.id = b.author_id WHERE a.name = ''Ann''\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('3f9236cc7631e5d493e65ff31ac687a40d862f18384832d6a8bf5cfb77003a8e','teacher','d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7','weak',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: How many authors are there?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.0,"seed":1755950073,"n":1}','[["Here:\n```sql\nSELECT COUNT(*) FROM author\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('87d86ec551855b30a60e80702584f25e155443ea8d1364adc8d66551a5d9c7e3','teacher','d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c','strong',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What is the title of the oldest book?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"seed":102563222,"n":2}','[["Thinking…\u2028Here:\n```sql\nSELECT title FROM book WHERE year = (SELECT MIN(year) FROM book)\n```",null,"stop"],["Thinking…\u2028Here:\n```sql\nSELECT title FROM book WHERE year = (SELECT MIN(year) FROM book)\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('a2b9ecd86cfd0ea2526cd96554aa03bb4ca287a697b1b7a189871624d02ed067','teacher','34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682','weak',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: How many books did Ann write?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.0,"seed":949707676,"n":1}','[["Here:\n```sql\nSELECT COUNT(*) FROM book\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('a4edd8918a91deb3f9c9cce105b40b99d4ff0f478c7362cb7453973bec5ae606','teacher','abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8','weak',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What are the names of authors born after 1955? Return name."]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.0,"seed":1627051717,"n":1}','[["I cannot help with that.",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('b394f64ffd9c871365abe33831fae484b1b711af021ee4d1ceb17752936bdeab','teacher','abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8','weak',2,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What are the names of authors born after 1955? Return name."]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.7,"seed":767897549,"n":1}','[["Here:\n```sql\nSELECT nome FROM author\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('c8598e04902138db09bde66f9d9ea68e5ebc17451438b59a1175dbcf61e7b178','teacher','2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f','weak',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What is the highest price?"]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.0,"seed":1426680545,"n":1}','[["Here:\n```sql\nSELECT MIN(price) FROM book\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('d5b6d350a58484fe54d16b9465a7c9b371aba0f9db5be11a7ac8ffb7c9dfee0d','teacher','abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8','strong',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: What are the names of authors born after 1955? Return name."]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"seed":1976407209,"n":2}','[["Here:\n```sql\nSELECT name FROM author WHERE born > 1955\n```",null,"stop"],["Here:\n```sql\nSELECT name FROM author WHERE born > 1955\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('f3a42fcba90da53256233d5529a3409275ff5302fc2941945da1b6684a287058','teacher','29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f','weak',1,'{"messages":[["system","You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, and nothing else. Return only the columns that are asked for, in the order they are asked for. Write text values as the database does."],["user","Database schema (SQLite):\nCREATE TABLE author (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,  -- ''Ann'', ''Bob'', ''Cid''\n  born INT\n);\nCREATE TABLE book (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL,  -- ''Red'', ''Blue'', ''Green''\n  author_id INT,\n  year INT,\n  price REAL,\n  FOREIGN KEY (author_id) REFERENCES author (id)\n);\n\nQuestion: Which titles are there? Return title."]],"template":"sql-fenced","version":"1","prefix_key":"b2a70ac49d37b3727f045f6cfe7dcfb078addfaa1503b35721c067134f9cd5f7","constraint":null}','{"temperature":0.0,"seed":495398261,"n":1}','[["Here:\n```sql\nSELECT title FROM book ORDER BY id\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
CREATE TABLE decisions (
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
INSERT INTO "decisions" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f','rejected','wrong-rows','missing [20.0]; has [12.625] instead',3,NULL,NULL,0,1000.0);
INSERT INTO "decisions" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f','accepted',NULL,'',1,1,0,1,1000.0);
INSERT INTO "decisions" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682','accepted',NULL,'',2,2,0,1,1000.0);
INSERT INTO "decisions" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8','accepted',NULL,'',3,3,0,1,1000.0);
INSERT INTO "decisions" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7','accepted',NULL,'',1,1,0,0,1000.0);
INSERT INTO "decisions" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c','accepted',NULL,'',2,2,0,1,1000.0);
INSERT INTO "decisions" VALUES('df36d9be5f7ee11bcbe9c580f5f91bc9bc78dfa07232a5cda714bc6aeb95f5d3','failed','bad-reply','not JSON',2,NULL,NULL,0,1000.0);
CREATE TABLE faults (
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
INSERT INTO "faults" VALUES(1,'1b426a32b9c32cc143fb7a06f5f840d42520ab1693740f6e748334e49f7c02a9','df36d9be5f7ee11bcbe9c580f5f91bc9bc78dfa07232a5cda714bc6aeb95f5d3','weak','teacher','context-too-long','the prompt has 9000 tokens, the model takes 8192',1,1000.0);
INSERT INTO "faults" VALUES(2,'af8f3ec93815eb82fb7fd87f556384ec300666b754f20da58d741f6186b512c2','df36d9be5f7ee11bcbe9c580f5f91bc9bc78dfa07232a5cda714bc6aeb95f5d3','strong','teacher','bad-reply','not JSON',1,1000.0);
INSERT INTO "faults" VALUES(3,'a95af2cb5178a265b1bff79a04d584a5826363d206692de3c5e6ceaa08b6e85a','d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c','weak','teacher','context-too-long','the prompt has 9000 tokens, the model takes 8192',1,1000.0);
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "meta" VALUES('config','{"scenario":"sql","tasks":"sql.tasks.jsonl","base":null,"map":{},"limit":null,"shard":null,"out":null,"seed":0,"cache":false,"gates":null,"extra_gates":[],"gate_deadline":60.0,"accept_unmatched":false,"backlog":2000,"audit":0,"calibrate":0,"teacher":[{"provider":"weak","model":"weak-model","name":"weak","attempts":2,"n":1,"temperature":[0.0,0.7],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"base_urls":[],"label":null,"max_in_flight":null,"requests_per_minute":null,"tokens_per_minute":null,"deadline":900.0,"retries":1,"mode":"online","batch_size":10000,"batch_interval":30.0,"price":null,"budget_tokens":null,"budget_usd":null,"options":{}},{"provider":"strong","model":"strong-model","name":"strong","attempts":1,"n":2,"temperature":[],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"base_urls":[],"label":null,"max_in_flight":null,"requests_per_minute":null,"tokens_per_minute":null,"deadline":900.0,"retries":0,"mode":"online","batch_size":10000,"batch_interval":30.0,"price":null,"budget_tokens":null,"budget_usd":null,"options":{}}],"helper":[],"budget":{"tokens":null,"usd":null,"seconds":null,"accept":null},"pilot":{"enabled":true,"tasks":50,"above":200,"min_exec_pass":null,"min_gold_match":null,"min_judge_score":null,"min_judge_kappa":null},"consensus":{"enabled":false,"min_size":2,"min_share":0.5},"split":{"train":1.0,"validation":0.0,"test":0.0,"by":"","seed":0},"dataset":{"content":"auto","include":[]},"scenarios":{},"providers":{},"rules":{},"exec_evals":{},"judges":{},"sources":{},"reporters":{}}');
INSERT INTO "meta" VALUES('finished','no');
INSERT INTO "meta" VALUES('identities','{"weak":"weak-endpoint","strong":"strong-endpoint"}');
INSERT INTO "meta" VALUES('identity','{"scenario":"sql","shard":null,"seed":0,"gates":["not-empty","max-length","sql-one-statement","sql-read-only","sql-parses","sql-known-names","sqlite"],"extra_gates":[],"accept_unmatched":false,"teacher":[{"provider":"weak","model":"weak-model","name":"weak","attempts":2,"n":1,"temperature":[0.0,0.7],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"label":null,"options":{}},{"provider":"strong","model":"strong-model","name":"strong","attempts":1,"n":2,"temperature":[],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"label":null,"options":{}}],"helper":[],"consensus":{"enabled":false,"min_size":2,"min_share":0.5},"split":{"train":1.0,"validation":0.0,"test":0.0,"by":"","seed":0},"plugins":{"sql":{"value_hints":3,"sample_rows":0,"description_characters":160,"schema":"all","max_schema_characters":400000,"few_shot":0},"not-empty":{},"max-length":{"characters":20000},"sql-one-statement":{},"sql-read-only":{},"sql-parses":{},"sql-known-names":{},"sqlite":{"columns":"any-order","text_case":"exact","distinct":false,"neighbours":true,"rows_wanted":true,"assume":"data","double_quoted":"literal","clock":null,"min_strength":0.3,"min_telling":2,"weak_oracle":"flag","max_steps":50000000,"max_rows":100000,"max_cells":1000000,"max_bytes":33554432,"gold_max_steps":1000000000,"gold_max_rows":1000000,"gold_max_cells":10000000,"gold_max_bytes":268435456,"engine_seconds":10.0,"gold_engine_seconds":60.0,"engine_memory":4294967296,"deadline":30.0,"suite_deadline":60.0}},"tasks_sha256":"df20b433934763d474875ef8d9db68e15bc242d8844e48de1eef1f4cf85fff59"}');
INSERT INTO "meta" VALUES('ledger_version','3');
INSERT INTO "meta" VALUES('run_id','golden');
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    started REAL NOT NULL,
    ended REAL,
    outcome TEXT,
    timing TEXT
);
INSERT INTO "sessions" VALUES(1,1000.0,1001.0,'faults',NULL);
CREATE TABLE tasks (
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
INSERT INTO "tasks" VALUES(1,'29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f','titles',1,X'BEA317FA6B1EEBE67E092F24AA3EACE15B6FED82146F3934212F2AD03CA727C7','{"database":"books.sql","dialect":"sqlite","question":"Which titles are there? Return title."}',1,NULL,'{"task_id":"titles","question":"Which titles are there? Return title.","database":"books.sql","meta":{"replies":{"weak":["Here:\n```sql\nSELECT title FROM book ORDER BY id\n```"],"strong":[]}},"gold_sql":"SELECT title FROM book"}','books.sql','train');
INSERT INTO "tasks" VALUES(2,'34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682','second',2,X'A042A656B52F84A294247AD10025513961DBCACD4CAC5F85780885F03B94E0D3','{"database":"books.sql","dialect":"sqlite","question":"How many books did Ann write?"}',1,NULL,'{"task_id":"second","question":"How many books did Ann write?","database":"books.sql","meta":{"replies":{"weak":["Here:\n```sql\nSELECT COUNT(*) FROM book\n```","Here:\n```sql\nSELECT COUNT(*) FROM book b JOIN author a ON a.id = b.author_id WHERE a.name = ''Ann''\n```"],"strong":[]}},"gold_sql":"SELECT COUNT(*) FROM book JOIN author ON author.id = author_id WHERE name = ''Ann''"}','books.sql','train');
INSERT INTO "tasks" VALUES(3,'abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8','strong',3,X'CC1C497D24F0BA033CF86FB6E5276FE50FC7D9A61A7069B9E847A866AC8298CA','{"database":"books.sql","dialect":"sqlite","question":"What are the names of authors born after 1955? Return name."}',1,NULL,'{"task_id":"strong","question":"What are the names of authors born after 1955? Return name.","database":"books.sql","meta":{"replies":{"weak":["I cannot help with that.","Here:\n```sql\nSELECT nome FROM author\n```"],"strong":["Here:\n```sql\nSELECT name FROM author WHERE born > 1955\n```"]}},"gold_sql":"SELECT name FROM author WHERE born > 1955"}','books.sql','train');
INSERT INTO "tasks" VALUES(5,'2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f','wrong',5,X'078F234BB623463D96DA6C813F2C826D3D6EC51E4EFF03CAD5532D25C741BC52','{"database":"books.sql","dialect":"sqlite","question":"What is the highest price?"}',1,NULL,'{"task_id":"wrong","question":"What is the highest price?","database":"books.sql","meta":{"replies":{"weak":["Here:\n```sql\nSELECT MIN(price) FROM book\n```","Here:\n```sql\nSELECT FROM\n```"],"strong":["Here:\n```sql\nSELECT AVG(price) FROM book\n```"]}},"gold_sql":"SELECT MAX(price) FROM book"}','books.sql','train');
INSERT INTO "tasks" VALUES(6,'dd2e5489b9f815d24b827d7f415ebeda898b8484448d4876bbbc248c0a68c4eb','twin',6,X'BEA317FA6B1EEBE67E092F24AA3EACE15B6FED82146F3934212F2AD03CA727C7','{"database":"books.sql","dialect":"sqlite","question":"Which titles are there? Return title."}',1,'29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f','{"task_id":"twin","question":"Which titles are there? Return title.","database":"books.sql","meta":{"replies":{"weak":["Here:\n```sql\nSELECT 1\n```"],"strong":[]}},"gold_sql":"SELECT title FROM book"}','books.sql','train');
INSERT INTO "tasks" VALUES(8,'df36d9be5f7ee11bcbe9c580f5f91bc9bc78dfa07232a5cda714bc6aeb95f5d3','failed',8,X'1CBC8242ADA7DD5E887C7665DA7D9791A639C848A121B0428CA6F67371329E50','{"database":"books.sql","dialect":"sqlite","question":"Which authors wrote nothing?"}',1,NULL,'{"task_id":"failed","question":"Which authors wrote nothing?","database":"books.sql","meta":{"replies":{"weak":["(refused)"],"strong":["(broken)"]}},"gold_sql":"SELECT name FROM author WHERE id NOT IN (SELECT author_id FROM book)"}','books.sql','train');
INSERT INTO "tasks" VALUES(10,'d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7','no-gold',10,X'28AF38094821FB95E785E50E373EDD943D81280AA8D675B59442EB61EB8E1A6E','{"database":"books.sql","dialect":"sqlite","question":"How many authors are there?"}',0,NULL,'{"task_id":"no-gold","question":"How many authors are there?","database":"books.sql","meta":{"replies":{"weak":["Here:\n```sql\nSELECT COUNT(*) FROM author\n```"],"strong":[]}}}','books.sql','train');
INSERT INTO "tasks" VALUES(11,'d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c','rescued',11,X'CA7909673658941034E8E79CB89FE85A3535320F229C7B931223D668FA5053ED','{"database":"books.sql","dialect":"sqlite","question":"What is the title of the oldest book?"}',1,NULL,'{"task_id":"rescued","question":"What is the title of the oldest book?","database":"books.sql","meta":{"replies":{"weak":["(refused)"],"strong":["Thinking…\u2028Here:\n```sql\nSELECT title FROM book WHERE year = (SELECT MIN(year) FROM book)\n```"]}},"gold_sql":"SELECT title FROM book WHERE year = (SELECT MIN(year) FROM book)"}','books.sql','train');
CREATE TABLE verdicts (
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
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',1,0,6,'sqlite','exec','71034eb645de4d23','reject','wrong-rows','missing [20.0]; has [8.0] instead',NULL,'{"question":"What is the highest price?","gold_sql":"SELECT MAX(price) FROM book","degenerate":false,"labelled":true,"oracle_strength":{"killed":2,"total":4,"telling":7},"variants":6,"candidate":[[8.0]],"expected":[[20.0]],"first_difference":"missing [20.0]; has [8.0] instead","database":"b592221f1270dc2b"}',1,0,'a849f3c9ee0e12833febb6c94ea3a3c8','The query returns 1 rows of 1 columns; the first are [[8.0]].','[]',0.125,1.04917000498971901834e-04);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',2,0,4,'sql-parses','rule','295fe1537b3992a6','reject','syntax-error','near "FROM": syntax error',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,0,6,'sqlite','exec','71034eb645de4d23','reject','wrong-rows','missing [20.0]; has [12.625] instead',NULL,'{"question":"What is the highest price?","gold_sql":"SELECT MAX(price) FROM book","degenerate":false,"labelled":true,"oracle_strength":{"killed":2,"total":4,"telling":7},"variants":6,"candidate":[[12.625]],"expected":[[20.0]],"first_difference":"missing [20.0]; has [12.625] instead","database":"b592221f1270dc2b"}',1,0,'4b971a6c906e9588bc81688ccbe20f8d','The query returns 1 rows of 1 columns; the first are [[12.625]].','[]',0.125,6.40158790010900702327e-02);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('2925e404f3829e70f435ead3714e884a6ca9266cabbe2f8c3cbbafc35b29bb0f',3,1,6,'sqlite','exec','71034eb645de4d23','reject','wrong-rows','missing [20.0]; has [12.625] instead',NULL,'{"question":"What is the highest price?","gold_sql":"SELECT MAX(price) FROM book","degenerate":false,"labelled":true,"oracle_strength":{"killed":2,"total":4,"telling":7},"variants":6,"candidate":[[12.625]],"expected":[[20.0]],"first_difference":"missing [20.0]; has [12.625] instead","database":"b592221f1270dc2b"}',1,0,'4b971a6c906e9588bc81688ccbe20f8d','The query returns 1 rows of 1 columns; the first are [[12.625]].','[]',0.125,3.05854500038549304008e-03);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('29d161b202c02aa2df898c2b27086e9850332076384ef4995472b634cf28196f',1,0,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"degenerate":false,"labelled":true,"oracle_strength":{"killed":1,"total":2,"telling":6},"variants":6,"rows":4,"candidate":[["Red"],["Blue"],["Green"],["Gold"]],"gold":0,"database":"b592221f1270dc2b"}',1,1,'480c31049effb5506478f93b1a0c1f7f',NULL,'[]',0.125,4.95457149991125334054e-02);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',1,0,6,'sqlite','exec','71034eb645de4d23','reject','wrong-rows','missing [2]; has [4] instead',NULL,'{"question":"How many books did Ann write?","gold_sql":"SELECT COUNT(*) FROM book JOIN author ON author.id = author_id WHERE name = ''Ann''","degenerate":false,"labelled":true,"oracle_strength":{"killed":7,"total":13,"telling":5},"variants":6,"candidate":[[4]],"expected":[[2]],"first_difference":"missing [2]; has [4] instead","database":"b592221f1270dc2b"}',1,0,'b6dbe60e9e22e883a2e39a01004f7f55','The query returns 1 rows of 1 columns; the first are [[4]].','[]',0.125,7.22650020179571583867e-05);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('34ad8392a0f447730b431c7ad7e2592291c1b2843ac57249987cefe038c72682',2,0,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"degenerate":false,"labelled":true,"oracle_strength":{"killed":7,"total":13,"telling":5},"variants":6,"rows":1,"candidate":[[2]],"gold":0,"database":"b592221f1270dc2b"}',1,1,'8564333adce977525f476a9e5d479829',NULL,'[]',0.125,4.59659986518090590834e-05);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',1,0,0,'read','read','f3b272e5eb2aac9e','reject','refusal','the teacher declines to answer',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',2,0,5,'sql-known-names','rule','da751523fde80759','reject','no-such-column','no such column: nome; did you mean ''name''?',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,0,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"degenerate":false,"labelled":true,"oracle_strength":{"killed":7,"total":8,"telling":8},"variants":6,"rows":2,"candidate":[["Bob"],["Cid"]],"gold":0,"database":"b592221f1270dc2b"}',1,1,'fa13169518a599245ab03e103afc68c1',NULL,'[]',0.125,4.21410989983996842056e-02);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('abd687d4a746e42b70730fb847286819eaae2923400e1fb80f646a7ef43057c8',3,1,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"degenerate":false,"labelled":true,"oracle_strength":{"killed":7,"total":8,"telling":8},"variants":6,"rows":2,"candidate":[["Bob"],["Cid"]],"gold":0,"database":"b592221f1270dc2b"}',1,1,'fa13169518a599245ab03e103afc68c1',NULL,'[]',0.125,1.46689760003937408328e-02);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d5dbe99fc34634dd8633a8de214bbd5f1c2ba5ca0014d46d48cca15558ffc4f7',1,0,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"rows":1,"labelled":false,"candidate":[[3]],"database":"b592221f1270dc2b"}',1,NULL,'46e6ce00bb14206d0ec8eb646f536dcc',NULL,'[]',0.125,4.54810802399879321455e+00);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,0,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"degenerate":false,"labelled":true,"oracle_strength":{"killed":7,"total":12,"telling":6},"variants":6,"rows":1,"candidate":[["Red"]],"gold":0,"database":"b592221f1270dc2b"}',1,1,'33ad18c52c532c113fde98cbbbac1a06',NULL,'[]',0.125,6.00647699993714923039e-02);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,2,'sql-one-statement','rule','ed8551ed4f9e44d2','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,3,'sql-read-only','rule','a36ecb26f9891960','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,4,'sql-parses','rule','295fe1537b3992a6','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,5,'sql-known-names','rule','da751523fde80759','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('d8d1f8d742321007b428e9e9f54e9dd5265b31413d78d96754234c8f2b5fc54c',2,1,6,'sqlite','exec','71034eb645de4d23','pass',NULL,'',NULL,'{"degenerate":false,"labelled":true,"oracle_strength":{"killed":7,"total":12,"telling":6},"variants":6,"rows":1,"candidate":[["Red"]],"gold":0,"database":"b592221f1270dc2b"}',1,1,'33ad18c52c532c113fde98cbbbac1a06',NULL,'[]',0.125,1.86760500000673346221e-02);
CREATE INDEX tasks_by_input ON tasks (input_digest);
CREATE INDEX completions_by_sample ON completions (sample_id);
COMMIT;
