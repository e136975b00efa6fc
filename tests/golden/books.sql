CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INT);
CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INT REFERENCES author(id), year INT, price REAL);
INSERT INTO author VALUES (1,'Ann',1950),(2,'Bob',1961),(3,'Cid',1970);
INSERT INTO book VALUES (1,'Red',1,1990,10.0),(2,'Blue',1,1995,12.5),(3,'Green',2,2000,8.0),(4,'Gold',3,2001,20.0);
