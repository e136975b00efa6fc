CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, born INT);
CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INT REFERENCES author(id), year INT, price REAL, pages INT);
CREATE TABLE loan (id INTEGER PRIMARY KEY, book_id INT NOT NULL REFERENCES book(id), reader TEXT NOT NULL, taken TEXT NOT NULL, returned TEXT);
INSERT INTO author VALUES (1,'Ann','UK',1950),(2,'Bob','US',1961),(3,'Cid','UK',1970),(4,'Dee',NULL,1980);
INSERT INTO book VALUES (1,'Red',1,1990,10.0,100),(2,'Blue',1,1995,12.5,200),(3,'Green',2,2000,8.0,150),(4,'Gold',2,2001,20.0,300),(5,'Grey',3,2005,15.0,250);
INSERT INTO loan VALUES (1,1,'x','2020-01-01','2020-02-01'),(2,2,'y','2020-01-05',NULL),(3,3,'x','2020-03-01','2020-03-09'),(4,5,'z','2020-04-01',NULL);
