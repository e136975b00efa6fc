CREATE TABLE film (film_id INTEGER PRIMARY KEY, title TEXT NOT NULL, genre TEXT, minutes INTEGER NOT NULL, year INTEGER NOT NULL);
CREATE TABLE hall (hall_id INTEGER PRIMARY KEY, name TEXT NOT NULL, seats INTEGER NOT NULL);
CREATE TABLE screening (
  screening_id INTEGER PRIMARY KEY, film_id INTEGER NOT NULL REFERENCES film (film_id),
  hall_id INTEGER NOT NULL REFERENCES hall (hall_id), day TEXT NOT NULL, sold INTEGER NOT NULL
);
INSERT INTO film VALUES (1, 'Dust', 'drama', 110, 2003), (2, 'Echo', 'comedy', 95, 2008), (3, 'Fog', 'horror', 88, 2015);
INSERT INTO hall VALUES (1, 'Red', 120), (2, 'Blue', 80);
INSERT INTO screening VALUES (1, 1, 1, '2024-05-01', 100), (2, 2, 2, '2024-05-02', 40), (3, 3, 1, '2024-05-03', 70);
