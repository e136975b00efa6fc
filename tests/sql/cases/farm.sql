CREATE TABLE field (field_id INTEGER PRIMARY KEY, name TEXT NOT NULL, hectares REAL NOT NULL, soil TEXT);
CREATE TABLE crop (crop_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, season TEXT NOT NULL);
CREATE TABLE harvest (
  harvest_id INTEGER PRIMARY KEY, field_id INTEGER NOT NULL REFERENCES field (field_id),
  crop_id INTEGER NOT NULL REFERENCES crop (crop_id), year INTEGER NOT NULL, tonnes REAL
);
INSERT INTO field VALUES (1, 'North', 4.5, 'clay'), (2, 'South', 7.0, 'sand'), (3, 'Hill', 2.5, 'loam');
INSERT INTO crop VALUES (1, 'barley', 'summer'), (2, 'rye', 'winter'), (3, 'peas', 'summer');
INSERT INTO harvest VALUES (1, 1, 1, 2022, 12.5), (2, 2, 2, 2022, 20.0), (3, 3, 3, 2023, 6.0), (4, 1, 1, 2023, 14.0);
