BEGIN TRANSACTION;
CREATE TABLE attempts (
    sample_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    teacher TEXT NOT NULL,
    turn INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (sample_id, attempt)
) WITHOUT ROWID;
INSERT INTO "attempts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',1,'weak',1,'493231844af275383f08a01c3a147062849a725e723e5f3b87d667f422e794d7');
INSERT INTO "attempts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',2,'weak',2,'8b7c8014704e24d7c70756ad12e23b42a8fdc1bb7895b6de753a822a470b8df1');
INSERT INTO "attempts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,'strong',1,'aacf386b53c4eb41de12f89eb0a101d4d7d1bbf1dca42bd2f6aa94ac08711326');
INSERT INTO "attempts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',1,'weak',1,'922d9aa8ed2b76bf3acf1cd492d064d4e0b58fef21459fba0768da8c19202d1f');
INSERT INTO "attempts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',2,'weak',2,'175a70fafff6587e251bab0ffab5fec377ac9615a41354bc1914cef34616b393');
INSERT INTO "attempts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',1,'weak',1,'8fad55c5dd4b65bd31a1432948e018587f5d5be7fbc44e3b8e8dc5f4d1ecbf6c');
INSERT INTO "attempts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',2,'weak',2,'649f8a6d841b46e059b82a7e0539ef78e82e30499dc64ef4b849ca042f173dc8');
INSERT INTO "attempts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',1,'weak',1,'9888e1cc849906f52adc477f787b3df9709b5b8088ea589f2ed4e9a2aa32468c');
INSERT INTO "attempts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',2,'weak',2,'64c928d78bfebfa2c413e8f7ce3ede263de66879009779ce4ee8cc05a1012075');
INSERT INTO "attempts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,'strong',1,'fbb688785a9e517f025b29f1038114c60a6cd70abb7479a55150f9ea72a941d4');
INSERT INTO "attempts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',1,'weak',1,'79b12dcfe6359e4abdb4651476ea072c0a2af2ff81978eb890a8aace3e309c3b');
INSERT INTO "attempts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',2,'weak',2,'123d149d574101fe22771054b6b3aec89e3e8bb34cf43e5467c04bafe5cf8f3f');
INSERT INTO "attempts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,'strong',1,'7b603cb499a262fa9988d914432dfd82bdf662fd241f23e9e48dd8e357ca8902');
INSERT INTO "attempts" VALUES('ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba',1,'weak',1,'a43f171ce2ce147c34154797e743a67d68575eb73f56fc856d48807be7bc138c');
CREATE TABLE bad_tasks (
    position INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    task_id TEXT,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);
INSERT INTO "bad_tasks" VALUES(6,7,NULL,'malformed-task','is not JSON: Expecting value: line 1 column 1 (char 0)');
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
INSERT INTO "candidates" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',1,0,'x^2+2x+1','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',2,0,'x^2+1','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,0,'1+2x+x^2','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,1,'1+2x+x^2','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',1,0,'2','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',2,0,'0.5','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',1,0,'1','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',2,0,'2','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',1,0,'8','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',2,0,'3','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,0,'2\sqrt{2}','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,1,'2\sqrt{2}','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',1,0,'45','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',2,0,'56','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,0,'50','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,1,'50','boxed',NULL,'','{"boxes":1}');
INSERT INTO "candidates" VALUES('ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba',1,0,'12','boxed',NULL,'','{"boxes":1}');
CREATE TABLE completions (
    request_id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    sample_id TEXT NOT NULL,
    teacher TEXT NOT NULL,
    attempt INTEGER NOT NULL,
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
INSERT INTO "completions" VALUES('123d149d574101fe22771054b6b3aec89e3e8bb34cf43e5467c04bafe5cf8f3f','teacher','a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93','weak',2,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","What is 9 times 6?"]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.7,"seed":231149563,"n":1}','[["\\boxed{56}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('175a70fafff6587e251bab0ffab5fec377ac9615a41354bc1914cef34616b393','teacher','4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c','weak',2,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","What is one half of one?"]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.7,"seed":1033746577,"n":1}','[["\\boxed{0.5}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('493231844af275383f08a01c3a147062849a725e723e5f3b87d667f422e794d7','teacher','462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255','weak',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Expand (x+1)^2."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.0,"seed":2064224651,"n":1}','[["\\boxed{x^2+2x+1}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('649f8a6d841b46e059b82a7e0539ef78e82e30499dc64ef4b849ca042f173dc8','teacher','539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43','weak',2,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Name a number."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.7,"seed":1976102894,"n":1}','[["\\boxed{2}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('64c928d78bfebfa2c413e8f7ce3ede263de66879009779ce4ee8cc05a1012075','teacher','804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03','weak',2,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Simplify the square root of eight."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.7,"seed":2006755441,"n":1}','[["\\boxed{3}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('79b12dcfe6359e4abdb4651476ea072c0a2af2ff81978eb890a8aace3e309c3b','teacher','a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93','weak',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","What is 9 times 6?"]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.0,"seed":541369040,"n":1}','[["\\boxed{45}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('7b603cb499a262fa9988d914432dfd82bdf662fd241f23e9e48dd8e357ca8902','teacher','a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93','strong',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","What is 9 times 6?"]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"seed":364529747,"n":2}','[["\\boxed{50}",null,"stop"],["\\boxed{50}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('8b7c8014704e24d7c70756ad12e23b42a8fdc1bb7895b6de753a822a470b8df1','teacher','462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255','weak',2,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Expand (x+1)^2."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.7,"seed":1477090377,"n":1}','[["\\boxed{x^2+1}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('8fad55c5dd4b65bd31a1432948e018587f5d5be7fbc44e3b8e8dc5f4d1ecbf6c','teacher','539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43','weak',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Name a number."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.0,"seed":389208534,"n":1}','[["\\boxed{1}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('922d9aa8ed2b76bf3acf1cd492d064d4e0b58fef21459fba0768da8c19202d1f','teacher','4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c','weak',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","What is one half of one?"]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.0,"seed":690682783,"n":1}','[["\\boxed{2}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('9888e1cc849906f52adc477f787b3df9709b5b8088ea589f2ed4e9a2aa32468c','teacher','804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03','weak',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Simplify the square root of eight."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.0,"seed":614803706,"n":1}','[["\\boxed{8}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('a43f171ce2ce147c34154797e743a67d68575eb73f56fc856d48807be7bc138c','teacher','ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba','weak',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","What is 7 + 5?"]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"temperature":0.0,"seed":124326533,"n":1}','[["It is \\boxed{12}.",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('aacf386b53c4eb41de12f89eb0a101d4d7d1bbf1dca42bd2f6aa94ac08711326','teacher','462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255','strong',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Expand (x+1)^2."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"seed":644615571,"n":2}','[["\\boxed{1+2x+x^2}",null,"stop"],["\\boxed{1+2x+x^2}",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
INSERT INTO "completions" VALUES('fbb688785a9e517f025b29f1038114c60a6cd70abb7479a55150f9ea72a941d4','teacher','804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03','strong',1,'{"messages":[["system","Solve the problem step by step. Keep the steps short. End with the final answer alone in \\boxed{}, as exact as the problem allows."],["user","Simplify the square root of eight."]],"template":"math-boxed","version":"1","prefix_key":"math-boxed","constraint":null}','{"seed":1081986228,"n":2}','[["So $\\sqrt 8 = \\boxed{2\\sqrt{2}}$.",null,"stop"],["So $\\sqrt 8 = \\boxed{2\\sqrt{2}}$.",null,"stop"]]','scripted',10,5,NULL,NULL,0.5,0.25,0,1000.0);
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
INSERT INTO "decisions" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255','accepted',NULL,'classes of 4 answers: 3, 1',3,1,0,0,1000.0);
INSERT INTO "decisions" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c','accepted',NULL,'',2,2,0,1,1000.0);
INSERT INTO "decisions" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43','rejected','no-consensus','classes of 2 answers: 1, 1',3,NULL,NULL,0,1000.0);
INSERT INTO "decisions" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03','accepted',NULL,'',3,3,0,1,1000.0);
INSERT INTO "decisions" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93','rejected','wrong-answer','''50'' is not ''54''',3,NULL,NULL,0,1000.0);
INSERT INTO "decisions" VALUES('ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba','accepted',NULL,'',1,1,0,1,1000.0);
INSERT INTO "decisions" VALUES('d716ddbf0f36c12c9af530e98099343f7f33aa5b7f818287bf3c7791347d7b4d','failed','context-too-long','the prompt has 9000 tokens, the model takes 8192',2,NULL,NULL,0,1000.0);
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
INSERT INTO "faults" VALUES(1,'e9dff07bb4d9c083165c66c430edf4d6930f627769a18f5fbd1f2af2577ee324','d716ddbf0f36c12c9af530e98099343f7f33aa5b7f818287bf3c7791347d7b4d','weak','teacher','bad-reply','not JSON',0,1000.0);
INSERT INTO "faults" VALUES(2,'2d0ef35bbe896b532b940ad0e946bbc12d2a23305db03cfe4afa3a5f2fdc43b8','539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43','strong','teacher','context-too-long','the prompt has 9000 tokens, the model takes 8192',1,1000.0);
INSERT INTO "faults" VALUES(3,'e9dff07bb4d9c083165c66c430edf4d6930f627769a18f5fbd1f2af2577ee324','d716ddbf0f36c12c9af530e98099343f7f33aa5b7f818287bf3c7791347d7b4d','weak','teacher','bad-reply','not JSON',1,1000.0);
INSERT INTO "faults" VALUES(4,'6e6b5ce9bde3938466dd79c42eebb7085e2bd5f29ef7188c91b4fc6f9e002d60','d716ddbf0f36c12c9af530e98099343f7f33aa5b7f818287bf3c7791347d7b4d','strong','teacher','context-too-long','the prompt has 9000 tokens, the model takes 8192',1,1000.0);
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "meta" VALUES('config','{"scenario":"math","tasks":"math.tasks.jsonl","limit":null,"shard":null,"out":null,"seed":0,"cache":false,"gates":null,"extra_gates":[],"gate_deadline":60.0,"accept_unmatched":false,"backlog":2000,"audit":0,"calibrate":0,"teacher":[{"provider":"weak","model":"weak-model","name":"weak","attempts":2,"n":1,"temperature":[0.0,0.7],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"base_urls":[],"label":null,"max_in_flight":null,"requests_per_minute":null,"tokens_per_minute":null,"deadline":900.0,"retries":1,"mode":"online","batch_size":10000,"batch_interval":30.0,"price":null,"budget_tokens":null,"budget_usd":null,"options":{}},{"provider":"strong","model":"strong-model","name":"strong","attempts":1,"n":2,"temperature":[],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"base_urls":[],"label":null,"max_in_flight":null,"requests_per_minute":null,"tokens_per_minute":null,"deadline":900.0,"retries":0,"mode":"online","batch_size":10000,"batch_interval":30.0,"price":null,"budget_tokens":null,"budget_usd":null,"options":{}}],"helper":[],"budget":{"tokens":null,"usd":null,"seconds":null,"accept":null},"pilot":{"enabled":true,"tasks":50,"above":200,"min_exec_pass":null,"min_gold_match":null,"min_judge_score":null,"min_judge_kappa":null},"consensus":{"enabled":true,"min_size":2,"min_share":0.5},"scenarios":{},"providers":{},"rules":{},"exec_evals":{},"judges":{},"reporters":{}}');
INSERT INTO "meta" VALUES('finished','no');
INSERT INTO "meta" VALUES('identities','{"weak":"weak-endpoint","strong":"strong-endpoint"}');
INSERT INTO "meta" VALUES('identity','{"scenario":"math","shard":null,"seed":0,"gates":["not-empty","max-length","sympy"],"extra_gates":[],"accept_unmatched":false,"teacher":[{"provider":"weak","model":"weak-model","name":"weak","attempts":2,"n":1,"temperature":[0.0,0.7],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"label":null,"options":{}},{"provider":"strong","model":"strong-model","name":"strong","attempts":1,"n":2,"temperature":[],"top_p":null,"max_tokens":null,"stop":[],"seed":null,"extra":{},"label":null,"options":{}}],"helper":[],"consensus":{"enabled":true,"min_size":2,"min_share":0.5},"plugins":{"math":{"system":null,"max_problem":20000},"not-empty":{},"max-length":{"characters":20000},"sympy":{"deadline":10.0,"memory_mib":1024,"float_digits":10}},"tasks_sha256":"2f7148c63fd83fa962b158f9c91d69cca845f6c2c542da6bb6e8bc837dd6a214"}');
INSERT INTO "meta" VALUES('ledger_version','1');
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
    duplicate_of TEXT
);
INSERT INTO "tasks" VALUES(1,'ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba','sum',1,X'C2F3FAE5645D1AFE52BFC088EF97C586B53BBD204CDEB809EDD61E10E8B50BEA','{"problem":"What is 7 + 5?"}',1,NULL);
INSERT INTO "tasks" VALUES(2,'4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c','half',2,X'2CEE5CBDC921D71DF5D36DF16415F88111367E00778A864E0E963CD1BA8765F4','{"problem":"What is one half of one?"}',1,NULL);
INSERT INTO "tasks" VALUES(3,'804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03','root',3,X'ECEC3137E899A95882BEC1C5563B16FB50DB2C2558B448520F603B46A412FAB2','{"problem":"Simplify the square root of eight."}',1,NULL);
INSERT INTO "tasks" VALUES(4,'462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255','agreed',4,X'5F2502D417B8CDA5515BBA14A53321760ECED4D7CC33B1A9830004884C1D7F59','{"problem":"Expand (x+1)^2."}',0,NULL);
INSERT INTO "tasks" VALUES(5,'539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43','disagreed',5,X'1C09B7F1584503ED36E23043DF3A79BA0E991A8D957A03EDBB692E39CAD3F992','{"problem":"Name a number."}',0,NULL);
INSERT INTO "tasks" VALUES(7,'a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93','wrong',8,X'E4488B8AD193AE42DC51BA242F72D63344446757EE61E3F71BEF486C18A28639','{"problem":"What is 9 times 6?"}',1,NULL);
INSERT INTO "tasks" VALUES(8,'a6b10a1ea1d52bd6e9d3cf09f7eddd53a530765402efc3eca1fe40e07acf4b66','twin',9,X'C2F3FAE5645D1AFE52BFC088EF97C586B53BBD204CDEB809EDD61E10E8B50BEA','{"problem":"What is 7 + 5?"}',1,'ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba');
INSERT INTO "tasks" VALUES(9,'d716ddbf0f36c12c9af530e98099343f7f33aa5b7f818287bf3c7791347d7b4d','failed',10,X'D1A6651B03503E7167728CEF6C16FFCDA923C505259E17DAD551EA139DA41837','{"problem":"What is 1 + 1?"}',1,NULL);
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
    elapsed REAL NOT NULL,
    PRIMARY KEY (sample_id, attempt, choice, ordinal)
) WITHOUT ROWID;
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',1,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',NULL,'{"by":"","read":"boxed"}',1,NULL,'r:28977a7cce0b56261453d61a97ec098',0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',2,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',NULL,'{"by":"","read":"boxed"}',1,NULL,'r:d6ea43e7d710bbd8548c815420689db',0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',NULL,'{"by":"","read":"boxed"}',1,NULL,'r:28977a7cce0b56261453d61a97ec098',0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,1,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('462eff88be2029eb2f9f2516424056ccb9118cc145f7e100d48dc2b9cab53255',3,1,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',NULL,'{"by":"","read":"boxed"}',1,NULL,'r:28977a7cce0b56261453d61a97ec098',0.125);
INSERT INTO "verdicts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',1,0,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''2'' is not ''\\frac{1}{2}''',0.0,'{"by":"number"}',1,0,'n:2e0',0.125);
INSERT INTO "verdicts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('4b7de0aa3e787439782ad76d1f1f084e3fc188e557989a3a8900c2c652c7695c',2,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',1.0,'{"by":"number"}',1,1,'n:5e-1',0.125);
INSERT INTO "verdicts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',1,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',NULL,'{"by":"number"}',1,NULL,'n:1e0',0.125);
INSERT INTO "verdicts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('539ca1761da9bd27fc6fa273039e9ea0f6f033e89976ba0d2232ae7d5d3d0f43',2,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',NULL,'{"by":"number"}',1,NULL,'n:2e0',0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',1,0,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''8'' is not ''2\\sqrt{2}''',0.0,'{"by":"value","read":"boxed"}',1,0,'n:8e0',0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',2,0,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''3'' is not ''2\\sqrt{2}''',0.0,'{"by":"value","read":"boxed"}',1,0,'n:3e0',0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',1.0,'{"by":"text","read":"boxed"}',1,1,'n:2828427124746190097603377448419396157e-36',0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,1,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('804d082a3a38c5fbbd73f5dc12c5361bf84dcc3bf7210fb57997c898078aad03',3,1,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',1.0,'{"by":"text","read":"boxed"}',1,1,'n:2828427124746190097603377448419396157e-36',0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',1,0,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''45'' is not ''54''',0.0,'{"by":"number"}',1,0,'n:45e0',0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',2,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',2,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',2,0,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''56'' is not ''54''',0.0,'{"by":"number"}',1,0,'n:56e0',0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,0,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''50'' is not ''54''',0.0,'{"by":"number"}',1,0,'n:5e1',0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,1,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,1,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('a9ff00e252d32162df4b9e470fa157ef4deeb228fd9c79ce0011e27987633f93',3,1,2,'sympy','exec','155e7b9a264f0cc9','reject','wrong-answer','''50'' is not ''54''',0.0,'{"by":"number"}',1,0,'n:5e1',0.125);
INSERT INTO "verdicts" VALUES('ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba',1,0,0,'not-empty','rule','3aebda9d4dce5331','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba',1,0,1,'max-length','rule','4063d05f793487e0','pass',NULL,'',NULL,'{}',NULL,NULL,NULL,0.125);
INSERT INTO "verdicts" VALUES('ba8219c4523f209cc6c5e02f819fae7b62a67eda4daeb9bab4fdc8c268da86ba',1,0,2,'sympy','exec','155e7b9a264f0cc9','pass',NULL,'',1.0,'{"by":"number"}',1,1,'n:12e0',0.125);
CREATE INDEX tasks_by_input ON tasks (input_digest);
CREATE INDEX completions_by_sample ON completions (sample_id);
COMMIT;
