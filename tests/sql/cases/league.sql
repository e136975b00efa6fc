CREATE TABLE club (club_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, founded INTEGER);
CREATE TABLE player (
  player_id INTEGER PRIMARY KEY, name TEXT NOT NULL, club_id INTEGER REFERENCES club (club_id),
  position TEXT NOT NULL, goals INTEGER NOT NULL, wage INTEGER
);
CREATE TABLE game (
  game_id INTEGER PRIMARY KEY, home_id INTEGER NOT NULL REFERENCES club (club_id),
  away_id INTEGER NOT NULL REFERENCES club (club_id), home_goals INTEGER NOT NULL, away_goals INTEGER NOT NULL
);
INSERT INTO club VALUES (1, 'Rovers', 'Leeds', 1899), (2, 'United', 'York', 1905), (3, 'Town', 'Hull', 1920);
INSERT INTO player VALUES
  (1, 'Lev', 1, 'forward', 12, 900), (2, 'Max', 1, 'keeper', 0, 700), (3, 'Nat', 2, 'forward', 9, 800), (4, 'Oli', 3, 'defender', 2, 600);
INSERT INTO game VALUES (1, 1, 2, 3, 1), (2, 2, 3, 0, 2), (3, 3, 1, 1, 0);
