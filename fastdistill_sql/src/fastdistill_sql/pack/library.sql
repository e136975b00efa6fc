-- A town library: authors, books, copies, members and loans.
CREATE TABLE author (
  author_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT,
  born INTEGER
);
CREATE TABLE book (
  book_id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  genre TEXT,
  published INTEGER NOT NULL,
  pages INTEGER
);
CREATE TABLE book_author (
  book_id INTEGER NOT NULL REFERENCES book (book_id),
  author_id INTEGER NOT NULL REFERENCES author (author_id),
  PRIMARY KEY (book_id, author_id)
);
CREATE TABLE copy (
  copy_id INTEGER PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES book (book_id),
  branch TEXT NOT NULL
);
CREATE TABLE member (
  member_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  birth_year INTEGER,
  level TEXT NOT NULL
);
CREATE TABLE loan (
  loan_id INTEGER PRIMARY KEY,
  copy_id INTEGER NOT NULL REFERENCES copy (copy_id),
  member_id INTEGER NOT NULL REFERENCES member (member_id),
  taken DATE NOT NULL,
  due DATE NOT NULL,
  returned DATE
);

INSERT INTO author VALUES
  (1, 'Marta Lind', 'Sweden', 1951), (2, 'Tom Okafor', 'Nigeria', 1967), (3, 'Rosa Vidal', 'Spain', 1948),
  (4, 'Kenji Mori', 'Japan', 1972), (5, 'Anna Lind', 'Sweden', 1980), (6, 'Paul Renner', NULL, NULL),
  (7, 'Sita Rao', 'India', 1967), (8, 'Owen Pryce', 'Wales', 1939);
INSERT INTO book VALUES
  (1, 'The Salt Road', 'novel', 1984, 312), (2, 'Winter Keys', 'novel', 1999, 254), (3, 'Rivers of Lagos', 'history', 2005, 410),
  (4, 'Bread and Fire', 'cookery', 2011, 198), (5, 'Quiet Machines', 'science', 2015, 287), (6, 'The Glass Orchard', 'novel', 2015, 366),
  (7, 'Stars over Kyoto', 'poetry', 2003, 96), (8, 'A Short History of Salt', 'history', 1999, 254), (9, 'Numbers at Night', 'science', 2020, NULL),
  (10, 'Letters from the Hill', NULL, 1972, 140), (11, 'Small Boats', 'novel', 2020, 221), (12, 'The Patient Cook', 'cookery', 2018, 305);
INSERT INTO book_author VALUES
  (1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 4), (8, 1), (8, 3), (9, 7), (10, 8), (11, 5), (11, 2), (12, 3);
INSERT INTO copy VALUES
  (1, 1, 'Central'), (2, 1, 'North'), (3, 2, 'Central'), (4, 3, 'Central'), (5, 3, 'Harbour'), (6, 4, 'North'),
  (7, 5, 'Central'), (8, 5, 'Central'), (9, 6, 'Harbour'), (10, 7, 'North'), (11, 8, 'Central'), (12, 9, 'Harbour'),
  (13, 9, 'Central'), (14, 11, 'North'), (15, 11, 'Central'), (16, 12, 'North');
INSERT INTO member VALUES
  (1, 'Nils Holm', 1990, 'adult'), (2, 'Priya Das', 1985, 'adult'), (3, 'Lena Fox', 2012, 'child'), (4, 'Omar Aziz', NULL, 'adult'),
  (5, 'Ruth Cole', 1947, 'senior'), (6, 'Theo Marsh', 2010, 'child'), (7, 'Vera Novak', 1985, 'adult'), (8, 'Walt Kim', 1950, 'senior'),
  (9, 'Zoe Bell', 2001, 'student');
INSERT INTO loan VALUES
  (1, 1, 1, '2024-01-03', '2024-01-24', '2024-01-20'), (2, 4, 2, '2024-01-05', '2024-01-26', '2024-02-02'),
  (3, 7, 1, '2024-01-20', '2024-02-10', '2024-02-10'), (4, 10, 3, '2024-02-01', '2024-02-22', '2024-02-15'),
  (5, 9, 5, '2024-02-02', '2024-02-23', '2024-03-01'), (6, 1, 7, '2024-02-11', '2024-03-03', '2024-03-01'),
  (7, 6, 5, '2024-03-01', '2024-03-22', '2024-03-20'), (8, 14, 9, '2024-03-04', '2024-03-25', NULL),
  (9, 12, 2, '2024-03-09', '2024-03-30', '2024-03-28'), (10, 7, 6, '2024-03-15', '2024-04-05', '2024-04-09'),
  (11, 3, 1, '2024-04-01', '2024-04-22', NULL), (12, 15, 4, '2024-04-02', '2024-04-23', '2024-04-18'),
  (13, 5, 7, '2024-04-10', '2024-05-01', NULL), (14, 16, 5, '2024-04-11', '2024-05-02', '2024-05-02'),
  (15, 1, 2, '2024-05-01', '2024-05-22', NULL), (16, 11, 1, '2024-05-01', '2024-05-22', '2024-05-11');
