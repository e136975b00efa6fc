BEGIN TRANSACTION;
CREATE TABLE attempts (
    sample_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    teacher TEXT NOT NULL,
    teacher_attempt INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (sample_id, attempt)
) WITHOUT ROWID;
INSERT INTO "attempts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,'weak',1,'03bf84380ae54e1d51673baed5ea48f54d02cae0850a6087fd7b2d4ba13111cc');
INSERT INTO "attempts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,'weak',2,'0435b5bb3653569975423621756428ed66386cd9db143de0e2e744e305b811c8');
INSERT INTO "attempts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,'weak',1,'13c17087ca37e7e16e441d4dec264e374980387139cc60ad7c99e3bb48d64f26');
INSERT INTO "attempts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',2,'weak',2,'2becc9ecb98edeccd07dc7a150fcf9a776605e03b5856336b9c0594e46083242');
INSERT INTO "attempts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,'strong',1,'26d7fb6b4f73d7cdab7016cc7fb91d6878a6de752822d18d161c6dadc5abbc2a');
INSERT INTO "attempts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,'weak',1,'a9adbe46b160eae385a02e1a33c1d2e75599015f34622b8526946124e48abdc7');
CREATE TABLE bad_tasks (
    position INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    task_id TEXT,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);
INSERT INTO "bad_tasks" VALUES(4,4,NULL,'malformed-task','is not a JSON object: [1, 2]');
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
INSERT INTO "candidates" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,'def last(xs):
    return xs[-1]
','fenced',NULL,'','{}');
INSERT INTO "candidates" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,'def last(xs):
    return xs[-1] if len(xs) else 0
','fenced',NULL,'','{}');
INSERT INTO "candidates" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,'def up(s):
    return s
','fenced',NULL,'','{}');
INSERT INTO "candidates" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',2,0,NULL,'','no-code','no program in ''No.''','{}');
INSERT INTO "candidates" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,'def up(s):
    return s.lower()
','fenced',NULL,'','{}');
INSERT INTO "candidates" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,'def up(s):
    return s.lower()
','fenced',NULL,'','{}');
INSERT INTO "candidates" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,'def double(x):
    return x + x
','fenced',NULL,'','{}');
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
INSERT INTO "completions" VALUES('03bf84380ae54e1d51673baed5ea48f54d02cae0850a6087fd7b2d4ba13111cc','teacher','24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d','weak',1,'{"messages":[["system","You write Python 3. Answer with one ```python block that holds the complete function, with the imports and helpers that it needs, and nothing else: no examples, no tests, no output."],["user","Complete this function:\n\n```python\ndef last(xs: list) -> int:\n    \"\"\"Return the last of xs, 0 if it is empty.\"\"\"\n```"]],"template":"code-fenced","version":"1","prefix_key":"code-fenced-1-function","constraint":null}','{"temperature":0.0,"seed":660862755,"n":1}','[["Sure:\n```python\ndef last(xs):\n    return xs[-1]\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('0435b5bb3653569975423621756428ed66386cd9db143de0e2e744e305b811c8','teacher','24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d','weak',2,'{"messages":[["system","You write Python 3. Answer with one ```python block that holds the complete function, with the imports and helpers that it needs, and nothing else: no examples, no tests, no output."],["user","Complete this function:\n\n```python\ndef last(xs: list) -> int:\n    \"\"\"Return the last of xs, 0 if it is empty.\"\"\"\n```"]],"template":"code-fenced","version":"1","prefix_key":"code-fenced-1-function","constraint":null}','{"temperature":0.7,"seed":1066936966,"n":1}','[["Sure:\n```python\ndef last(xs):\n    return xs[-1] if len(xs) else 0\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('13c17087ca37e7e16e441d4dec264e374980387139cc60ad7c99e3bb48d64f26','teacher','5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a','weak',1,'{"messages":[["system","You write Python 3. Answer with one ```python block that holds the complete function, with the imports and helpers that it needs, and nothing else: no examples, no tests, no output."],["user","Complete this function:\n\n```python\ndef up(s: str) -> str:\n    \"\"\"Return s in capitals.\"\"\"\n```"]],"template":"code-fenced","version":"1","prefix_key":"code-fenced-1-function","constraint":null}','{"temperature":0.0,"seed":1427656379,"n":1}','[["Sure:\n```python\ndef up(s):\n    return s\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('26d7fb6b4f73d7cdab7016cc7fb91d6878a6de752822d18d161c6dadc5abbc2a','teacher','5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a','strong',1,'{"messages":[["system","You write Python 3. Answer with one ```python block that holds the complete function, with the imports and helpers that it needs, and nothing else: no examples, no tests, no output."],["user","Complete this function:\n\n```python\ndef up(s: str) -> str:\n    \"\"\"Return s in capitals.\"\"\"\n```"]],"template":"code-fenced","version":"1","prefix_key":"code-fenced-1-function","constraint":null}','{"seed":1790814609,"n":2}','[["Sure:\n```python\ndef up(s):\n    return s.lower()\n```",null,"stop"],["Sure:\n```python\ndef up(s):\n    return s.lower()\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('2becc9ecb98edeccd07dc7a150fcf9a776605e03b5856336b9c0594e46083242','teacher','5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a','weak',2,'{"messages":[["system","You write Python 3. Answer with one ```python block that holds the complete function, with the imports and helpers that it needs, and nothing else: no examples, no tests, no output."],["user","Complete this function:\n\n```python\ndef up(s: str) -> str:\n    \"\"\"Return s in capitals.\"\"\"\n```"]],"template":"code-fenced","version":"1","prefix_key":"code-fenced-1-function","constraint":null}','{"temperature":0.7,"seed":145985180,"n":1}','[["No.",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('a9adbe46b160eae385a02e1a33c1d2e75599015f34622b8526946124e48abdc7','teacher','9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431','weak',1,'{"messages":[["system","You write Python 3. Answer with one ```python block that holds the complete function, with the imports and helpers that it needs, and nothing else: no examples, no tests, no output."],["user","Complete this function:\n\n```python\ndef double(x: int) -> int:\n    \"\"\"Return twice x.\"\"\"\n```"]],"template":"code-fenced","version":"1","prefix_key":"code-fenced-1-function","constraint":null}','{"temperature":0.0,"seed":1337829053,"n":1}','[["Sure:\n```python\ndef double(x):\n    return x + x\n```",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
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
INSERT INTO "decisions" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d','accepted',NULL,'',2,2,0,1,1000.0);
INSERT INTO "decisions" VALUES('43025fb79c71135ad3fe3ad8710d82b3e3c2c5b658170e4a4fd8e4da8ef70c31','failed','context-too-long','the prompt has 9000 tokens, the model takes 8192',2,NULL,NULL,0,1000.0);
INSERT INTO "decisions" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a','rejected','wrong-value','call 0: expected ''A'', got ''a''',3,NULL,NULL,0,1000.0);
INSERT INTO "decisions" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431','accepted',NULL,'',1,1,0,1,1000.0);
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
INSERT INTO "faults" VALUES(1,'f3732418fbdbf8574afa1d9781a6cec2c6096028ed17fa4ecc109607976f1857','43025fb79c71135ad3fe3ad8710d82b3e3c2c5b658170e4a4fd8e4da8ef70c31','weak','teacher','bad-reply','not JSON',0,1000.0);
INSERT INTO "faults" VALUES(2,'f3732418fbdbf8574afa1d9781a6cec2c6096028ed17fa4ecc109607976f1857','43025fb79c71135ad3fe3ad8710d82b3e3c2c5b658170e4a4fd8e4da8ef70c31','weak','teacher','bad-reply','not JSON',1,1000.0);
INSERT INTO "faults" VALUES(3,'8722beba4440f8faf1801d821afc9c2941e6e3a67b951e0a59b1a137e7f9e980','43025fb79c71135ad3fe3ad8710d82b3e3c2c5b658170e4a4fd8e4da8ef70c31','strong','teacher','context-too-long','the prompt has 9000 tokens, the model takes 8192',1,1000.0);
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "meta" VALUES('config','{"scenario":"code","tasks":"code.tasks.jsonl","base":null,"map":{},"limit":null,"shard":null,"out":null,"seed":0,"cache":false,"gates":null,"extra_gates":[],"gate_deadline":60.0,"accept_unmatched":false,"backlog":2000,"audit":0,"calibrate":0,"teacher":[{"provider":"weak","model":"weak-model","name":"weak","attempts":2,"n":1,"temperature":[0.0,0.7],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"base_urls":[],"label":null,"max_in_flight":null,"requests_per_minute":null,"tokens_per_minute":null,"deadline":900.0,"retries":1,"mode":"online","batch_size":10000,"batch_interval":30.0,"price":null,"budget_tokens":null,"budget_usd":null,"options":{}},{"provider":"strong","model":"strong-model","name":"strong","attempts":1,"n":2,"temperature":[],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"base_urls":[],"label":null,"max_in_flight":null,"requests_per_minute":null,"tokens_per_minute":null,"deadline":900.0,"retries":0,"mode":"online","batch_size":10000,"batch_interval":30.0,"price":null,"budget_tokens":null,"budget_usd":null,"options":{}}],"helper":[],"budget":{"tokens":null,"usd":null,"seconds":null,"accept":null},"pilot":{"enabled":true,"tasks":50,"above":200,"min_exec_pass":null,"min_gold_match":null,"min_judge_score":null,"min_judge_kappa":null},"consensus":{"enabled":false,"min_size":2,"min_share":0.5},"split":{"train":1.0,"validation":0.0,"test":0.0,"by":"","seed":0},"dataset":{"content":"auto","include":[]},"scenarios":{},"providers":{},"rules":{},"exec_evals":{},"judges":{},"sources":{},"reporters":{}}');
INSERT INTO "meta" VALUES('finished','no');
INSERT INTO "meta" VALUES('identities','{"weak":"weak-endpoint","strong":"strong-endpoint"}');
INSERT INTO "meta" VALUES('identity','{"scenario":"code","shard":null,"seed":0,"gates":["not-empty","code-size","code-parses","code-entry-point","code-imports","code-no-io","python"],"extra_gates":[],"accept_unmatched":false,"teacher":[{"provider":"weak","model":"weak-model","name":"weak","attempts":2,"n":1,"temperature":[0.0,0.7],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"label":null,"options":{}},{"provider":"strong","model":"strong-model","name":"strong","attempts":1,"n":2,"temperature":[],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"label":null,"options":{}}],"helper":[],"consensus":{"enabled":false,"min_size":2,"min_share":0.5},"split":{"train":1.0,"validation":0.0,"test":0.0,"by":"","seed":0},"plugins":{"code":{"name_entry_point":true},"not-empty":{},"code-size":{"max_characters":20000,"max_nodes":5000},"code-parses":{},"code-entry-point":{},"code-imports":{"allowed":["__future__","__main__","abc","argparse","array","ast","asyncio","atexit","base64","binascii","bisect","builtins","bz2","calendar","cmath","codecs","collections","colorsys","concurrent.futures","configparser","contextlib","contextvars","copy","copyreg","csv","dataclasses","datetime","decimal","difflib","dis","doctest","email","enum","errno","faulthandler","fileinput","fnmatch","fractions","functools","gc","getopt","glob","graphlib","gzip","hashlib","heapq","hmac","html","importlib","inspect","io","ipaddress","itertools","json","keyword","linecache","locale","logging","lzma","marshal","math","mimetypes","numbers","numpy","operator","optparse","os","pathlib","pickle","pkgutil","platform","plistlib","pprint","queue","quopri","random","re","reprlib","resource","sched","secrets","shelve","shlex","shutil","signal","sqlite3","stat","statistics","string","stringprep","struct","symtable","sys","sysconfig","tempfile","textwrap","threading","time","timeit","token","tokenize","tomllib","traceback","tracemalloc","types","typing","typing_extensions","unicodedata","unittest","urllib.parse","uuid","warnings","weakref","xml","zipfile","zlib","zoneinfo"]},"code-no-io":{},"python":{"generated":true,"max_inputs":192,"reject_on":"near","max_mutants":40,"weak_below":0.8,"cpu_seconds":3.0,"wall_seconds":30.0,"memory_mb":512,"output_bytes":4194304,"allow_weak_sandbox":false,"sandbox":null,"parallel":null}},"tasks_sha256":"6889ffc22435f172ca2ae270054d3580aaab17974a030989c1939b512d81bf6f"}');
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
INSERT INTO "tasks" VALUES(1,'9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431','double',1,X'52BD2712A6C039C5E99BEAF5B1D7CCC8B6D6788E2DB7EE6F80CAEFDD4362FE34','{"entry_point":"double","prompt":"def double(x: int) -> int:\n    \"\"\"Return twice x.\"\"\"\n"}',1,NULL,'{"task_id":"double","prompt":"def double(x: int) -> int:\n    \"\"\"Return twice x.\"\"\"\n","entry_point":"double","tests":{"kind":"calls","cases":[{"args":[2],"value":4},{"args":[0],"value":0}]},"gold":"def double(x):\n    return 2 * x\n","meta":{"replies":{"weak":["Sure:\n```python\ndef double(x):\n    return x + x\n```"],"strong":[]}}}','9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431','train');
INSERT INTO "tasks" VALUES(2,'24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d','last',2,X'1C67775CEC5F3C6D0B95A6E794E1B32E75FD3942ABC2238C338F274068194BA1','{"entry_point":"last","prompt":"def last(xs: list) -> int:\n    \"\"\"Return the last of xs, 0 if it is empty.\"\"\"\n"}',1,NULL,'{"task_id":"last","prompt":"def last(xs: list) -> int:\n    \"\"\"Return the last of xs, 0 if it is empty.\"\"\"\n","entry_point":"last","tests":{"kind":"calls","cases":[{"args":[[1,2]],"value":2},{"args":[[]],"value":0}]},"gold":"def last(xs):\n    return xs[-1] if xs else 0\n","meta":{"replies":{"weak":["Sure:\n```python\ndef last(xs):\n    return xs[-1]\n```","Sure:\n```python\ndef last(xs):\n    return xs[-1] if len(xs) else 0\n```"],"strong":[]}}}','24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d','train');
INSERT INTO "tasks" VALUES(3,'56c8e0b9a69f1d3653ab459558872dcdfed51e48bc77ba00c79b4cbedaf870ce','twin',3,X'52BD2712A6C039C5E99BEAF5B1D7CCC8B6D6788E2DB7EE6F80CAEFDD4362FE34','{"entry_point":"double","prompt":"def double(x: int) -> int:\n    \"\"\"Return twice x.\"\"\"\n"}',1,'9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431','{"task_id":"twin","prompt":"def double(x: int) -> int:\n    \"\"\"Return twice x.\"\"\"\n","entry_point":"double","tests":{"kind":"calls","cases":[{"args":[2],"value":4}]},"gold":"def double(x):\n    return 2 * x\n","meta":{"replies":{"weak":["Sure:\n```python\ndef double(x):\n    return 0\n```"],"strong":[]}}}','56c8e0b9a69f1d3653ab459558872dcdfed51e48bc77ba00c79b4cbedaf870ce','train');
INSERT INTO "tasks" VALUES(5,'5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a','wrong',5,X'18C98626D4AEC2C7E41FDCCE68E5AB3D6BE69D550039B927B41C20F85ED36D51','{"entry_point":"up","prompt":"def up(s: str) -> str:\n    \"\"\"Return s in capitals.\"\"\"\n"}',1,NULL,'{"task_id":"wrong","prompt":"def up(s: str) -> str:\n    \"\"\"Return s in capitals.\"\"\"\n","entry_point":"up","tests":{"kind":"calls","cases":[{"args":["a"],"value":"A"}]},"gold":"def up(s):\n    return s.upper()\n","meta":{"replies":{"weak":["Sure:\n```python\ndef up(s):\n    return s\n```","No."],"strong":["Sure:\n```python\ndef up(s):\n    return s.lower()\n```"]}}}','5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a','train');
INSERT INTO "tasks" VALUES(6,'43025fb79c71135ad3fe3ad8710d82b3e3c2c5b658170e4a4fd8e4da8ef70c31','failed',6,X'C4CEABC5E68B4BB36D5A0366B05A4C3388E2E648E20B030DC999E486085F9F3B','{"entry_point":"third","prompt":"def third(x: int) -> int:\n    \"\"\"Return a third of x.\"\"\"\n"}',1,NULL,'{"task_id":"failed","prompt":"def third(x: int) -> int:\n    \"\"\"Return a third of x.\"\"\"\n","entry_point":"third","tests":{"kind":"calls","cases":[{"args":[3],"value":1}]},"gold":"def third(x):\n    return x // 3\n","meta":{"replies":{"weak":["(broken)"],"strong":["(refused)"]}}}','43025fb79c71135ad3fe3ad8710d82b3e3c2c5b658170e4a4fd8e4da8ef70c31','train');
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
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,1,'code-size','rule','bebe877c5becee29','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,2,'code-parses','rule','5aed702a5bcf6adb','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,3,'code-entry-point','rule','af4356c17cb3c966','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,4,'code-imports','rule','d02f044c40c1c51f','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,5,'code-no-io','rule','307facd349830601','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',1,0,6,'python','exec','3cf3f09e2845637b','reject','raised','call 1: expected 0, got IndexError: list index out of range',NULL,'{"tests":"lifted","oracle_strength":{"killed":4,"total":4},"weak_oracle":false,"checks":2,"failed":1,"reasons":{"raised":1},"first_failure":{"call":1,"generated":false,"expected":"0","got":"IndexError: list index out of range"}}',0,0,'c1aecba8da9111830c04962b5b2f8e60',NULL,'[]',0.125,2.73571690013341140002e-02);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,1,'code-size','rule','bebe877c5becee29','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,2,'code-parses','rule','5aed702a5bcf6adb','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,3,'code-entry-point','rule','af4356c17cb3c966','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,4,'code-imports','rule','d02f044c40c1c51f','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,5,'code-no-io','rule','307facd349830601','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('24ac6e59d056a86a387ea16c181c726a70fad4ae4ddf1f23ea6a93db7534234d',2,0,6,'python','exec','3cf3f09e2845637b','pass',NULL,'',1.0,'{"tests":"lifted","oracle_strength":{"killed":4,"total":4},"weak_oracle":false,"checks":2,"failed":0,"generated":{"inputs":101,"differ":0}}',1,1,'34cad9fa8b8be06ecb7fa6c4631c38aa',NULL,'[]',0.125,0.0249053699990327);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,1,'code-size','rule','bebe877c5becee29','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,2,'code-parses','rule','5aed702a5bcf6adb','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,3,'code-entry-point','rule','af4356c17cb3c966','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,4,'code-imports','rule','d02f044c40c1c51f','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,5,'code-no-io','rule','307facd349830601','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',1,0,6,'python','exec','3cf3f09e2845637b','reject','wrong-value','call 0: expected ''A'', got ''a''',NULL,'{"tests":"lifted","oracle_strength":{"killed":2,"total":2},"weak_oracle":false,"checks":1,"failed":1,"reasons":{"wrong-value":1},"first_failure":{"call":0,"generated":false,"expected":"''A''","got":"''a''"}}',1,0,'0d270b3bb983eca53679ab18ab8a28be',NULL,'[]',0.125,4.15913300003012409433e-02);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',2,0,0,'read','read','9f6f9a3486b2f948','reject','no-code','no program in ''No.''',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,1,'code-size','rule','bebe877c5becee29','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,2,'code-parses','rule','5aed702a5bcf6adb','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,3,'code-entry-point','rule','af4356c17cb3c966','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,4,'code-imports','rule','d02f044c40c1c51f','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,5,'code-no-io','rule','307facd349830601','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,0,6,'python','exec','3cf3f09e2845637b','reject','wrong-value','call 0: expected ''A'', got ''a''',NULL,'{"tests":"lifted","oracle_strength":{"killed":2,"total":2},"weak_oracle":false,"checks":1,"failed":1,"reasons":{"wrong-value":1},"first_failure":{"call":0,"generated":false,"expected":"''A''","got":"''a''"}}',1,0,'0d270b3bb983eca53679ab18ab8a28be',NULL,'[]',0.125,3.5128179999446729198e-02);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,1,'code-size','rule','bebe877c5becee29','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,2,'code-parses','rule','5aed702a5bcf6adb','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,3,'code-entry-point','rule','af4356c17cb3c966','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,4,'code-imports','rule','d02f044c40c1c51f','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,5,'code-no-io','rule','307facd349830601','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('5eb472047f50825f32ae6f6d126bb11c869bd436392b04cc4356618199ffc03a',3,1,6,'python','exec','3cf3f09e2845637b','reject','wrong-value','call 0: expected ''A'', got ''a''',NULL,'{"tests":"lifted","oracle_strength":{"killed":2,"total":2},"weak_oracle":false,"checks":1,"failed":1,"reasons":{"wrong-value":1},"first_failure":{"call":0,"generated":false,"expected":"''A''","got":"''a''"}}',1,0,'0d270b3bb983eca53679ab18ab8a28be',NULL,'[]',0.125,2.85023550004552816972e-02);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,1,'code-size','rule','bebe877c5becee29','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,2,'code-parses','rule','5aed702a5bcf6adb','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,3,'code-entry-point','rule','af4356c17cb3c966','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,4,'code-imports','rule','d02f044c40c1c51f','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,5,'code-no-io','rule','307facd349830601','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,NULL,'[]',0.125,0.0);
INSERT INTO "verdicts" VALUES('9bf64e48688b76ed02c4c31557fb829a0ed807e1b88cb4fbf903a61866beb431',1,0,6,'python','exec','3cf3f09e2845637b','pass',NULL,'',1.0,'{"tests":"lifted","oracle_strength":{"killed":3,"total":3},"weak_oracle":false,"checks":2,"failed":0,"generated":{"inputs":39,"differ":0}}',1,1,'b71869bafbbf3c78099bff407834b6c7',NULL,'[]',0.125,2.97818000035476870834e-04);
CREATE INDEX tasks_by_input ON tasks (input_digest);
CREATE INDEX completions_by_sample ON completions (sample_id);
COMMIT;
